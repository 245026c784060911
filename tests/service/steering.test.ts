/** What a person changes while a run waits, over real storage: kept at once, whatever becomes of the tab. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { readPeftZip } from '../../src/adapters/peft.ts'
import type { QueuedRun } from '../../src/service/types.ts'
import { modelCard } from '../../src/service/bundle/model-card.ts'
import { listen, modelFiles, openTab, pairsFile, pausedAt, readyTab, type Tab } from './support.ts'

const quiet = () => undefined

async function kept({ parts }: Tab, id: string) {
  const { adapter, record } = await parts.store.adapters.get(id)
  return { adapter, rateChanges: record.rateChanges, trainingLosses: record.trainingLosses, validationLosses: record.validationLosses }
}

/** The next visit: the model is open, the data is what was kept. */
async function nextVisit(database: IDBFactory): Promise<Tab> {
  const tab = openTab({ database })
  await tab.service.start('webgpu')
  await tab.service.openModel(modelFiles(), quiet)
  return tab
}

describe('another learning rate while a run waits', () => {
  /** Pauses near step 7, sets the rate, and goes on where `goOn`. */
  async function changed(tab: Awaited<ReturnType<typeof readyTab>>, goOn: boolean) {
    const { service, settings } = tab
    let told: () => void
    const waits = new Promise<void>((resolve) => (told = resolve))
    let pauses = 0
    const { events, onEvent } = listen((event) => {
      if (event.kind === 'step' && event.step === 7) void service.pause()
      if (event.kind !== 'paused') return
      if (++pauses === 1) setTimeout(() => void service.setLearningRate(0.005))
      else if (goOn) setTimeout(() => void service.resume())
      else told()
    })
    const outcome = service.train(settings, 'slower', onEvent)
    if (!goOn) await waits
    return { events, outcome }
  }

  it('F61 F96 is in the receipt and the card, and a tab that is closed at once loses nothing of it', async () => {
    const whole = await readyTab()
    const { outcome, events } = await changed(whole, true)
    const expected = await kept(whole, (await outcome).adapterId)
    const step = events.flatMap((event) => (event.kind === 'rate' ? [event.step] : []))[0]!
    expect(expected.rateChanges).toEqual([{ step, from: 0.02, to: 0.005 }])
    const { bytes } = await whole.service.exportAdapter((await outcome).adapterId)
    expect((await readPeftZip(bytes, 'a.zip')).receipt?.rateChanges).toEqual(expected.rateChanges)
    const { record, adapter } = await whole.parts.store.adapters.get((await outcome).adapterId)
    expect(modelCard(record, adapter.config, { files: [], ends: undefined })).toContain(`| Learning rate changed after step ${step} | from 0.02 to 0.005 |`)

    const database = new IDBFactory()
    await changed(await readyTab({ database }), false)
    const next = await nextVisit(database)
    const [run] = await next.service.unfinishedRuns()
    const resumed = listen()
    const { adapterId } = await next.service.resumeRun(run!.run, resumed.onEvent)
    expect(resumed.events[0]).toMatchObject({ kind: 'started', learningRate: 0.005, rateChanges: expected.rateChanges })
    expect(await kept(next, adapterId)).toEqual({ ...expected, rateChanges: [{ step: run!.step, from: 0.02, to: 0.005 }] })

    const plain = await readyTab()
    const untouched = await kept(plain, (await plain.service.train(plain.settings, 'plain', quiet)).adapterId)
    expect(untouched.adapter).not.toEqual(expected.adapter)
    expect(untouched.rateChanges).toBeUndefined()
  })

  it('F55 is refused in words where it is no rate, and where nothing waits', async () => {
    const tab = await readyTab()
    await expect(tab.service.setLearningRate(0.001)).rejects.toMatchObject({ code: 'run-not-paused' })
    await pausedAt(tab, 3)
    for (const rate of [0, -1, NaN, Infinity, 0.5]) await expect(tab.service.setLearningRate(rate)).rejects.toMatchObject({ code: 'setting-invalid' })
  })
})

describe('back to a checkpoint, and a second run from one', () => {
  /** A run that waits near step 10, with checkpoints at 4 and 8 behind it. */
  async function waiting(tab: Awaited<ReturnType<typeof readyTab>>) {
    const { service, settings } = tab
    let pauses = 0
    let onPause: (() => void) | undefined
    const pausedAgain = () => new Promise<void>((resolve) => (onPause = resolve))
    const first = pausedAgain()
    const { events, onEvent } = listen((event) => {
      if (event.kind === 'step' && event.step === 10 && pauses === 0) void service.pause()
      if (event.kind === 'paused' && ++pauses) setTimeout(() => onPause?.())
    })
    const outcome = service.train(settings, 'first', onEvent)
    outcome.catch(() => undefined)
    await first
    const run = events.flatMap((event) => (event.kind === 'started' ? [event.run] : []))[0]!
    return { outcome, run, events, pausedAgain }
  }

  async function uninterrupted() {
    const whole = await readyTab()
    return kept(whole, (await whole.service.train(whole.settings, 'whole', quiet)).adapterId)
  }

  it('F61 the run goes back, and ends as one that never went further', async () => {
    const expected = await uninterrupted()
    const tab = await readyTab()
    const { outcome, run, events, pausedAgain } = await waiting(tab)
    const [last, ...earlier] = await tab.service.runCheckpoints(run)
    expect(earlier.map(({ step }) => step)).toEqual([8, 4])
    expect(earlier[1]).toMatchObject({ loss: expected.trainingLosses[3]![1], validationLoss: expected.validationLosses[0]![1] })
    expect(last!.step).toBeGreaterThanOrEqual(10)
    const again = pausedAgain()
    await tab.service.rewind(4)
    await again
    expect((await tab.service.runCheckpoints(run)).map(({ step }) => step)).toEqual([last!.step, 8, 4])
    await tab.service.resume()
    expect(await kept(tab, (await outcome).adapterId)).toEqual(expected)
    expect(events.filter((event) => event.kind === 'step' && event.step === 5)).toHaveLength(2)
    await expect(tab.service.rewind(4)).rejects.toMatchObject({ code: 'run-not-paused' })
  })

  it('F72 F96 a tab that is closed after going back loses nothing: the run waits where it had got to', async () => {
    const expected = await uninterrupted()
    const database = new IDBFactory()
    const tab = await readyTab({ database })
    const { run, pausedAgain } = await waiting(tab)
    const again = pausedAgain()
    await tab.service.rewind(4)
    await again
    const next = await nextVisit(database)
    const [entry] = await next.service.unfinishedRuns()
    expect(entry!.step).toBeGreaterThanOrEqual(10)
    const { adapterId } = await next.service.resumeRun(run, quiet)
    expect(await kept(next, adapterId)).toEqual(expected)
  })

  it('F71 a device lost after going back: the run goes on from there', async () => {
    const expected = await uninterrupted()
    const tab = await readyTab()
    const { outcome, pausedAgain, events } = await waiting(tab)
    const again = pausedAgain()
    await tab.service.rewind(4)
    await again
    let lost = false
    tab.engine.onStep = (index, device) => {
      if (index !== 6 || lost) return
      lost = true
      device.lose()
    }
    await tab.service.resume()
    expect(await kept(tab, (await outcome).adapterId)).toEqual(expected)
    expect(events.flatMap((event) => (event.kind === 'started' ? [event.fromStep] : []))).toEqual([0, 4])
  })

  it('a second run begins from a checkpoint under a name of its own; the first one waits as it was, and both end the same', async () => {
    const expected = await uninterrupted()
    const tab = await readyTab()
    const { outcome, run } = await waiting(tab)
    const before = (await tab.parts.store.checkpoints.list()).entries
    const branch = await tab.service.branchRun(run, 4, ' gentle ')
    await tab.service.setAside()
    await expect(outcome).rejects.toMatchObject({ code: 'run-set-aside' })
    expect(await tab.service.listAdapters()).toEqual([])
    const waits = await tab.service.unfinishedRuns()
    expect(waits.map(({ name, step }) => [name, step]).sort()).toEqual([['first', before[0]!.step], ['gentle', 4]])
    for (const id of [branch, run]) {
      const { adapterId } = await tab.service.resumeRun(id, quiet)
      expect(await kept(tab, adapterId)).toEqual(expected)
    }
    expect((await tab.service.listAdapters()).map(({ name }) => name).sort()).toEqual(['first', 'gentle'])
    expect(await tab.service.unfinishedRuns()).toEqual([])
    await expect(tab.service.branchRun(run, 4, 'late')).rejects.toMatchObject({ code: 'checkpoint-missing' })
  })

  it('F85 a run that could not be saved cannot wait, and says so; it can still be kept', async () => {
    const tab = await readyTab({ database: undefined })
    const { outcome } = await waiting(tab)
    await expect(tab.service.setAside()).rejects.toMatchObject({ code: 'run-not-kept' })
    await tab.service.stop()
    expect((await outcome).reason).toBe('stopped')
  })
})

describe('runs in a list', () => {
  it('each begins with the settings and the data it was added with, whatever is open by then', async () => {
    const alone = await readyTab()
    const other = { ...alone.settings, seed: 9 }
    const expected = await kept(alone, (await alone.service.train(other, 'alone', quiet)).adapterId)
    const tab = await readyTab()
    let adding: Promise<QueuedRun> | undefined
    const { onEvent } = listen((event) => void (event.kind === 'step' && event.step === 3 && (adding = tab.service.queueRun(other, ' next '))))
    await tab.service.train(tab.settings, 'first', onEvent)
    const queued = (await adding)!
    expect(queued).toMatchObject({ name: 'next', steps: 12, datasetName: 'pairs.jsonl', settings: other })
    await tab.service.readData(pairsFile(40, 'more.jsonl'), { split: { validationFraction: 0.25, seed: 1 } })
    const { adapterId } = await tab.service.trainQueued(queued.run, quiet)
    expect(await kept(tab, adapterId)).toEqual(expected)
    expect((await tab.parts.store.adapters.find(adapterId))?.dataset).toMatchObject({ name: 'pairs.jsonl', examples: 24 })
    const now = await tab.service.train(other, 'with what is open now', quiet)
    expect((await kept(tab, now.adapterId)).adapter).not.toEqual(expected.adapter)
  })

  it('settings that do not fit are refused when they are added; what was taken off or has begun is not there', async () => {
    const { service, settings } = await readyTab()
    await expect(service.queueRun({ ...settings, learningRate: 0 }, 'none')).rejects.toMatchObject({ code: 'setting-invalid' })
    const [one, two] = [await service.queueRun(settings, 'one'), await service.queueRun(settings, 'two')]
    await service.unqueueRun(one.run)
    await expect(service.trainQueued(one.run, quiet)).rejects.toMatchObject({ code: 'run-not-found' })
    expect((await service.trainQueued(two.run, quiet)).reason).toBe('finished')
    await expect(service.trainQueued(two.run, quiet)).rejects.toMatchObject({ code: 'run-not-found' })
  })

  it('waits for the run that is on, and is still there afterwards', async () => {
    const { service, settings } = await readyTab()
    const queued = await service.queueRun(settings, 'next')
    const first = service.train(settings, 'first', quiet)
    await expect(service.trainQueued(queued.run, quiet)).rejects.toMatchObject({ code: 'run-in-progress' })
    await first
    expect((await service.trainQueued(queued.run, quiet)).reason).toBe('finished')
  })
})
