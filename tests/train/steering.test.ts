/** What a person changes while a run waits: it holds from that step on, is kept, and changes nothing else. */
import { describe, expect, it } from 'vitest'
import { learningRateAt } from '../../src/train/schedule.ts'
import type { RunState } from '../../src/train/state.ts'
import type { RunControl } from '../../src/train/control.ts'
import type { TrainingEvent } from '../../src/train/types.ts'
import { eventsOf, expectSameEnd, startToy, toySettings } from './toy-run.ts'

const withDropout = { lora: { ...toySettings.lora, dropout: 0.25 }, patience: 50 }

/** Answers each pause in turn, then goes on. Who answers an event at once answers it before the run waits. */
function atPauses(from: number, ...orders: ((control: RunControl) => void)[]) {
  let pauses = 0
  return (event: TrainingEvent, control: RunControl) => {
    if (event.kind === 'step' && event.step === from && pauses === 0) control.pause()
    if (event.kind === 'paused') setTimeout(() => (orders[pauses++] ?? (() => control.resume()))(control))
  }
}

const toState = (state: RunState) => (control: RunControl) => control.order({ kind: 'rewind', state: structuredClone(state) })
const toRate = (learningRate: number) => (control: RunControl) => control.order({ kind: 'rate', learningRate })

describe('another learning rate while it waits', () => {
  it('holds from that step on with the form of the schedule, and is told', async () => {
    const run = startToy({}, {}, {}, atPauses(13, toRate(0.02)))
    const { state } = await run.result
    const [{ step = 0 } = {}] = eventsOf(run.events, 'paused')
    const told = eventsOf(run.events, 'step').map((event) => event.learningRate)
    const rates = (learningRate: number) => Array.from({ length: 40 }, (_, i) => learningRateAt(i, 40, { ...toySettings, learningRate }))
    expect(told).toEqual([...rates(0.05).slice(0, step), ...rates(0.02).slice(step)])
    expect(state.rateChanges).toEqual([{ step, from: 0.05, to: 0.02 }])
    expect(eventsOf(run.events, 'rate')).toEqual([{ kind: 'rate', step, from: 0.05, to: 0.02 }])
  })

  it('F61 goes on from each later checkpoint, the one of the pause among them, as if never interrupted', async () => {
    const whole = startToy(withDropout, {}, {}, atPauses(13, toRate(0.02)))
    await whole.result
    const [{ step = 0 } = {}] = eventsOf(whole.events, 'paused')
    const later = whole.checkpoints.filter(({ rateChanges }) => rateChanges.length > 0)
    expect(later.map((state) => state.step)).toEqual([step, 16, 24, 32])
    for (const checkpoint of later) await expectSameEnd(startToy(withDropout, { from: structuredClone(checkpoint) }), whole)
  })

  it('changes the numbers, and one that is lost on the way would be noticed (negative control)', async () => {
    const run = startToy(withDropout, {}, {}, atPauses(13, toRate(0.02)))
    const { adapter } = await run.result
    const plain = await startToy(withDropout).result
    const lost = { ...structuredClone(run.checkpoints.find(({ step }) => step === 24)!), rateChanges: [] }
    const forgetful = await startToy(withDropout, { from: lost }).result
    expect(plain.adapter).not.toEqual(adapter)
    expect(forgetful.adapter).not.toEqual(adapter)
  })

  it('can be taken back in the same pause: the run ends as one that was never touched', async () => {
    const whole = startToy(withDropout)
    const run = startToy(withDropout, {}, {}, atPauses(13, toRate(0.02), toRate(0.05)))
    await expectSameEnd(run, whole)
    expect((await run.result).state.rateChanges).toEqual([])
  })

  it('is nothing where the run does not wait', async () => {
    const run = startToy(withDropout, {}, {}, (event, control) => void (event.kind === 'step' && control.order({ kind: 'rate', learningRate: 1 })))
    await expectSameEnd(run, startToy(withDropout))
  })
})

describe('back to a checkpoint', () => {
  it('F61 goes on as a run that never went further: adapter, optimizer, losses, early stop', async () => {
    const whole = startToy(withDropout)
    await whole.result
    for (const checkpoint of whole.checkpoints.slice(0, 3)) {
      const run = startToy(withDropout, {}, {}, atPauses(29, toState(checkpoint)))
      await expectSameEnd(run, whole)
      const [gone, back] = [eventsOf(run.events, 'paused')[0]!.step, eventsOf(run.events, 'rewound')[0]!]
      expect(gone).toBeGreaterThan(checkpoint.step)
      expect(back).toMatchObject({ step: checkpoint.step, trainingLosses: checkpoint.trainingLosses })
      // It really did those steps twice.
      expect(eventsOf(run.events, 'step').filter((event) => event.step === checkpoint.step + 1)).toHaveLength(2)
    }
  })

  it('F61 notices a state that is not that of the step (negative control)', async () => {
    const whole = startToy(withDropout)
    const { adapter } = await whole.result
    const [first, second] = whole.checkpoints
    const mixed = { ...first!, optimizer: second!.optimizer }
    const run = startToy(withDropout, {}, {}, atPauses(29, toState(mixed)))
    expect((await run.result).adapter).not.toEqual(adapter)
  })

  it('takes a change of the learning rate back with it, and one chosen after it holds', async () => {
    const whole = startToy(withDropout)
    await whole.result
    const changed = startToy(withDropout, {}, {}, atPauses(13, toRate(0.02), (control) => control.resume()))
    await changed.result
    const [, , after] = changed.checkpoints
    expect(after!.rateChanges).toHaveLength(1)
    await expectSameEnd(startToy(withDropout, {}, {}, atPauses(29, toState(after!), toState(whole.checkpoints[0]!))), whole)
    const slower = startToy(withDropout, {}, {}, atPauses(29, toState(whole.checkpoints[0]!), toRate(0.02)))
    const { state } = await slower.result
    expect(state.rateChanges).toEqual([{ step: 8, from: 0.05, to: 0.02 }])
    const saved = slower.checkpoints.filter(({ rateChanges }) => rateChanges.length > 0)
    expect(saved[0]!.step).toBe(8)
    await expectSameEnd(startToy(withDropout, { from: structuredClone(saved[0]!) }), slower)
  })

  it('out of an evaluation, the last one among them: that one is not counted for the step it goes back to', async () => {
    for (const at of [6, 12]) {
      const settings = { ...withDropout, steps: 12, evaluateEvery: 6, checkpointEvery: 4, warmupSteps: 1 }
      const whole = startToy(settings)
      await whole.result
      const run = startToy(settings, {}, {}, atPauses(at, toState(whole.checkpoints[0]!)))
      await expectSameEnd(run, whole)
      expect(eventsOf(run.events, 'paused')[0]!.step).toBe(at)
    }
  })

  it('F53 a loss that is not a number falls back on where it went back to', async () => {
    const whole = startToy()
    await whole.result
    const run = startToy({}, {}, {
      onStep: (index, model) => void (run.events.some(({ kind }) => kind === 'rewound') && index === 12 && model.base.fill(NaN)),
    }, atPauses(29, toState(whole.checkpoints[0]!)))
    const { reason, adapterStep } = await run.result
    expect([reason, adapterStep]).toEqual(['not-finite', 8])
  })
})
