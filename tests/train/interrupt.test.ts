/** Pause, stop, checkpoints and resume: an interrupted run ends with the numbers of an uninterrupted one. */
import { describe, expect, it } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import type { RunState } from '../../src/train/state.ts'
import { eventsOf, expectSameEnd, startToy, toySettings } from './toy-run.ts'

const withDropout = { lora: { ...toySettings.lora, dropout: 0.25 }, patience: 50 }

/** What storage does to a state: it is another object with the same numbers. */
const stored = (state: RunState): RunState => structuredClone(state)

describe('resume', () => {
  it('F61 from every checkpoint equals the uninterrupted run: adapter, optimizer, dropout, data, losses', async () => {
    const whole = startToy(withDropout)
    await whole.result
    expect(whole.checkpoints.map((state) => state.step)).toEqual([8, 16, 24, 32])
    for (const checkpoint of whole.checkpoints) {
      const resumed = startToy(withDropout, { from: stored(checkpoint) })
      await expectSameEnd(resumed, whole)
      expect(resumed.events[0]).toMatchObject({ kind: 'started', fromStep: checkpoint.step })
      expect(eventsOf(resumed.events, 'step')[0]!.step).toBe(checkpoint.step + 1)
    }
  })

  it('F61 notices a lost optimizer state (negative control)', async () => {
    const whole = startToy(withDropout)
    const { adapter } = await whole.result
    const from = stored(whole.checkpoints[1]!)
    from.optimizer.firstMoment.fill(0)
    const { adapter: other } = await startToy(withDropout, { from }).result
    expect(other).not.toEqual(adapter)
  })

  it('F61 a loss curve that crosses epochs goes on where it was', async () => {
    const settings = { ...withDropout, steps: 30, checkpointEvery: 7 }
    const whole = startToy(settings)
    await whole.result
    await expectSameEnd(startToy(settings, { from: stored(whole.checkpoints[2]!) }), whole)
  })

  it('F62 a stop in mid-accumulation keeps whole steps only, and going on from it equals the uninterrupted run', async () => {
    const settings = { ...withDropout, batchSize: 2, accumulate: 4, checkpointEvery: 5 }
    const whole = startToy(settings)
    // The stop comes while the micro-batches of step 13 are being queued.
    const cut = startToy(settings, {}, { onStep: (index) => void (index === 12 && cut.control.stop()) })
    const { reason, state } = await cut.result
    expect(reason).toBe('stopped')
    expect(state.step).toBe(13)
    expect(state.optimizer.step).toBe(13)
    await expectSameEnd(startToy(settings, { from: stored(state) }), whole)
  })

  it('F61 early stop counts on: misses and the best adapter survive', async () => {
    const settings = { ...withDropout, learningRate: 0.09, schedule: 'constant' as const, steps: 200, patience: 3, evaluateEvery: 5 }
    const whole = startToy(settings)
    await whole.result
    const from = whole.checkpoints.at(-1)!
    expect(from.misses + from.step).toBeGreaterThan(0)
    await expectSameEnd(startToy(settings, { from: stored(from) }), whole)
  })
})

describe('pause and stop', () => {
  it('F66 stop ends at a step boundary within one step', async () => {
    const run = startToy({}, {}, {}, (event, control) => void (event.kind === 'step' && event.step === 11 && control.stop()))
    const { reason, state, adapterStep } = await run.result
    expect(reason).toBe('stopped')
    expect(state.step).toBeLessThanOrEqual(12)
    expect(adapterStep).toBe(state.step)
    expect(eventsOf(run.events, 'step').at(-1)!.step).toBe(state.step)
    expect(state.optimizer.step).toBe(state.step)
  })

  it('a run that is stopped after a worse evaluation keeps the best adapter, before that the one it has', async () => {
    const settings = { ...withDropout, learningRate: 0.09, schedule: 'constant' as const, steps: 200, patience: 30, evaluateEvery: 5 }
    const losses: [number, number][] = []
    const stopAfter = (isTime: () => boolean) =>
      startToy(settings, {}, {}, (event, control) => {
        if (event.kind === 'evaluation') losses.push([event.step, event.loss])
        if (event.kind === 'evaluation' && isTime()) control.stop()
      }).result
    const worse = await stopAfter(() => losses.length > 2 && losses.at(-1)![1] > Math.min(...losses.slice(1).map(([, loss]) => loss)))
    const best = losses.slice(1).reduce((one, other) => (other[1] < one[1] ? other : one))
    expect([worse.reason, worse.adapterStep]).toEqual(['stopped', best[0]])
    expect(worse.adapter).toEqual(worse.state.best!.adapter)
    losses.length = 0
    const better = await stopAfter(() => losses.length === 2)
    expect([better.reason, better.adapterStep]).toEqual(['stopped', better.state.step])
  })

  it('F66 pause waits at a boundary within one step, saves, queues nothing, and resume changes no number', async () => {
    const whole = startToy(withDropout)
    let queued = 0
    let pausedAt: (step: number) => void
    const paused = new Promise<number>((resolve) => (pausedAt = resolve))
    const run = startToy(withDropout, {}, { onStep: () => void queued++ }, (event, control) => {
      if (event.kind === 'step' && event.step === 13) control.pause()
      if (event.kind === 'paused') pausedAt(event.step)
    })
    const step = await paused
    expect(step).toBeLessThanOrEqual(14)
    expect(run.checkpoints.at(-1)!.step).toBe(step)
    await new Promise((resolve) => setImmediate(resolve))
    expect(queued).toBe(step)
    run.control.resume()
    await expectSameEnd(run, whole)
    expect(eventsOf(run.events, 'resumed')).toEqual([{ kind: 'resumed', step }])
  })

  it('F66 stop ends a paused run', async () => {
    const run = startToy({}, {}, {}, (event, control) => {
      if (event.kind === 'step' && event.step === 5) control.pause()
      if (event.kind === 'paused') control.stop()
    })
    const { reason, state } = await run.result
    expect(reason).toBe('stopped')
    expect(state.step).toBeLessThanOrEqual(6)
  })

  it('F66 pause within an evaluation waits there; a run closed then still does that evaluation when it goes on', async () => {
    const settings = { ...withDropout, evaluateEvery: 6, checkpointEvery: 1000 }
    const whole = startToy(settings)
    const run = startToy(settings, {}, {}, (event, control) => {
      if (event.kind === 'step' && event.step === 6) control.pause()
      if (event.kind === 'paused') control.stop()
    })
    await run.result
    const checkpoint = run.checkpoints.at(-1)!
    expect(checkpoint.step).toBe(6)
    expect(checkpoint.validationLosses.map(([step]) => step)).toEqual([0])
    await expectSameEnd(startToy(settings, { from: stored(checkpoint) }), whole)
  })
})

describe('when something fails', () => {
  it('F78 a checkpoint that cannot be saved is told, and training goes on', async () => {
    const saveCheckpoint = async () => {
      throw new HomespunError('storage-full', 'The browser has no room left for this page.')
    }
    const run = startToy({}, { saveCheckpoint })
    expect((await run.result).reason).toBe('finished')
    expect(eventsOf(run.events, 'warning')[0]!.message).toMatch(/could not be saved: The browser has no room/)
    expect(eventsOf(run.events, 'checkpoint')).toEqual([])
  })

  it('F71 a device lost in a step ends the run with that error, and nothing goes unhandled', async () => {
    const onStep = (index: number) => {
      if (index >= 18) throw new HomespunError('gpu-lost', 'The graphics device was lost.')
    }
    const run = startToy({}, {}, { onStep })
    await expect(run.result).rejects.toMatchObject({ code: 'gpu-lost' })
    expect(run.checkpoints.at(-1)!.step).toBe(16)
  })

  it('F72 a device lost while a checkpoint is read leaves the previous one valid', async () => {
    let reads = 0
    const onReadAdapter = () => {
      if (++reads === 3) throw new HomespunError('gpu-lost', 'The graphics device was lost.')
    }
    const whole = startToy()
    const run = startToy({}, {}, { onReadAdapter })
    await expect(run.result).rejects.toMatchObject({ code: 'gpu-lost' })
    expect(run.checkpoints.map((state) => state.step)).toEqual([8, 16])
    await expectSameEnd(startToy({}, { from: stored(run.checkpoints[1]!) }), whole)
  })
})

describe('one step at a time', () => {
  it('goes on for one step, looks at what it did, and waits again; the run ends as one that was never held', async () => {
    const whole = startToy(withDropout)
    const looks: number[] = []
    let steps = 0
    const held = startToy(withDropout, { look: async (step, _, must) => void (must && looks.push(step)) }, {}, (event, control) => {
      if (event.kind === 'step' && event.step === 5) control.pause()
      // Who answers an event at once answers it before the run waits.
      if (event.kind === 'paused') setTimeout(() => (++steps <= 3 ? control.stepOnce() : control.resume()))
    })
    await expectSameEnd(held, whole)
    const waits = eventsOf(held.events, 'paused').map(({ step }) => step)
    expect(waits).toHaveLength(4)
    expect(waits.map((step) => step - waits[0]!)).toEqual([0, 1, 2, 3])
    expect(looks).toEqual([0, ...waits.slice(1), toySettings.steps])
  })

  it('is nothing where the run does not wait', async () => {
    const whole = startToy()
    const run = startToy({}, {}, {}, (event, control) => {
      if (event.kind === 'step' && event.step === 5) control.stepOnce()
    })
    await expectSameEnd(run, whole)
    expect(eventsOf(run.events, 'paused')).toEqual([])
  })
})
