/** Steps measured before a run: what they foretell, and that nothing comes of them but figures. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import type { TrainingEvent } from '../../src/service/types.ts'
import { secondsOfRun } from '../../src/train/seconds.ts'
import { listen, pausedAt, readyTab } from './support.ts'

/** A clock that every step moves on by `seconds`, and nothing else. */
async function tabWithSlowSteps(seconds: number) {
  let now = 0
  const tab = await readyTab({ host: { clock: () => now } })
  tab.engine.onStep = () => (now += seconds)
  return tab
}

describe('a measurement', () => {
  it('foretells the seconds of a run from its own steps; before it nothing is said', async () => {
    const { service, settings } = await tabWithSlowSteps(2)
    expect((await service.preflight(settings)).seconds).toBeUndefined()
    const measured = await service.measure(settings)
    expect(measured?.seconds).toMatchObject({ measured: true, steps: 6 })
    // Twelve steps of 18 examples in batches of 8: every third step holds two examples.
    const { fullness } = measured!
    expect(fullness).toBeLessThan(1)
    expect(measured!.seconds!.total).toBeGreaterThan(12)
    expect(measured!.seconds!.total).toBeLessThanOrEqual(24 + 1e-9)
    const twice = await service.preflight({ ...settings, steps: 24 })
    expect(twice.seconds!.total / measured!.seconds!.total).toBeCloseTo(2, 1)
  })

  it('goes on until steps get no faster, as they do while their code is being compiled', async () => {
    let now = 0
    const { service, settings, engine } = await readyTab({ host: { clock: () => now } })
    let begun = 0
    engine.onStep = () => (now += begun++ < 5 ? 1.5 : 0.5)
    expect((await service.measure(settings))!.seconds!.total).toBeLessThanOrEqual(6 + 1e-9)
    expect(begun).toBeLessThan(20)
  })

  it('counts for a run of the same shape; for another it is said to be judged', async () => {
    const { service, settings } = await tabWithSlowSteps(2)
    await service.measure(settings)
    const other = async (change: Partial<typeof settings>) => (await service.preflight({ ...settings, ...change })).seconds
    expect(await other({ learningRate: 0.001, evaluateEvery: 3 })).toMatchObject({ measured: true })
    expect(await other({ lora: { ...settings.lora, rank: 8 } })).toMatchObject({ measured: false })
    const half = await other({ accumulate: 1 })
    expect(half).toMatchObject({ measured: false })
    expect(half!.total).toBeLessThan((await other({}))!.total)
  })

  it('changes nothing: the run after it learns the same numbers, and nothing is kept of it', async () => {
    const losses = async (before: boolean) => {
      const tab = await readyTab({ database: new IDBFactory() })
      if (before) await tab.service.measure(tab.settings, ['cat 0?'])
      expect(await tab.service.listAdapters()).toEqual([])
      expect(await tab.service.unfinishedRuns()).toEqual([])
      expect(tab.engine.steps.every(({ destroyed }) => destroyed)).toBe(true)
      const { events, onEvent } = listen()
      await tab.service.train(tab.settings, 'run', onEvent)
      return events.flatMap((event: TrainingEvent) => (event.kind === 'step' ? [event.loss] : []))
    }
    const [without, after] = [await losses(false), await losses(true)]
    expect(without).toHaveLength(12)
    expect(after).toEqual(without)
  })

  it('is refused while a run is under way, and gives way to one that begins', async () => {
    const tab = await readyTab()
    const measured = tab.service.measure(tab.settings)
    await pausedAt(tab, 2)
    expect(await measured).toBeUndefined()
    await expect(tab.service.measure(tab.settings)).rejects.toMatchObject({ code: 'run-in-progress' })
  })

  it('ends within a step when it is told to, also while it waits; the next one works', async () => {
    const { service, settings, engine } = await readyTab()
    let steps = 0
    engine.onStep = () => void (++steps === 2 && service.cancelMeasuring())
    const [first, waiting] = [service.measure(settings), service.measure(settings)]
    expect(await first).toBeUndefined()
    expect(steps).toBeLessThanOrEqual(3)
    expect(await waiting).toBeUndefined()
    expect(steps).toBeLessThanOrEqual(3)
    expect((await service.measure(settings))?.seconds).toMatchObject({ measured: true })
  })

  it('ends with a device that is lost', async () => {
    const { service, settings, engine } = await readyTab()
    engine.onStep = (index, device) => void (index === 1 && device.lose())
    await expect(service.measure(settings)).rejects.toMatchObject({ code: 'gpu-lost' })
  })

  it('and an answer wait for each other', async () => {
    const { service, settings, engine } = await readyTab()
    const order: string[] = []
    engine.onStep = () => order.push('step')
    engine.onToken = () => order.push('token')
    const options = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 3, stopStrings: [], adapterStrength: 1 }
    await Promise.all([service.measure(settings), service.generate({ prompt: 'cat', raw: false, adapterId: undefined, options }, () => undefined)])
    expect(order.lastIndexOf('step')).toBeLessThan(order.indexOf('token'))
  })
})

describe('the seconds of a run', () => {
  const nothing = { prepare: 0, step: 0, evaluation: 0, checkpoint: 0, firstLook: 0, look: 0 }
  const course = { steps: 100, evaluateEvery: 30, checkpointEvery: 10 }

  it('count each part as often as a run has it', () => {
    expect(secondsOfRun({ ...nothing, prepare: 7 }, course)).toBe(7)
    expect(secondsOfRun({ ...nothing, step: 1 }, course)).toBe(100)
    // At the beginning, after 30, 60 and 90 steps, and at the end.
    expect(secondsOfRun({ ...nothing, evaluation: 1 }, course)).toBe(5)
    // None after the last step.
    expect(secondsOfRun({ ...nothing, checkpoint: 1 }, course)).toBe(9)
  })

  it('leave out looks that have had their share, but the first and the last', () => {
    expect(secondsOfRun({ ...nothing, step: 1, firstLook: 1, look: 1 }, course)).toBe(100 + 1 + 3 + 1)
    expect(secondsOfRun({ ...nothing, step: 1, firstLook: 50, look: 50 }, course)).toBe(100 + 50 + 50)
  })
})
