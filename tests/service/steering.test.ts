/** What a person changes while a run waits, over real storage: kept at once, whatever becomes of the tab. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { readPeftZip } from '../../src/adapters/peft.ts'
import { modelCard } from '../../src/service/bundle/model-card.ts'
import { listen, modelFiles, openTab, pausedAt, readyTab, type Tab } from './support.ts'

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
    expect(modelCard(record, adapter.config, [])).toContain(`| Learning rate changed after step ${step} | from 0.02 to 0.005 |`)

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
