/** A lost device: everything waiting settles, the run goes on from its checkpoint once, and the second loss says how to go on. */
import { describe, expect, it } from 'vitest'
import type { DeviceLoss } from '../../src/service/engine-room.ts'
import { listen, modelFiles, readyTab, type TestDevice } from './support.ts'
import { aText, containing, matching } from '../support/matching.ts'

const quiet = () => undefined

/** Loses the device when step `index` is queued, on the first `times` devices. */
function loseAt(index: number, times = 1) {
  const lost: TestDevice[] = []
  return (step: number, device: TestDevice) => {
    if (step !== index || lost.includes(device) || lost.length >= times) return
    lost.push(device)
    device.lose()
  }
}

describe('a lost device', () => {
  it('F71 in a step: the run goes on from the last checkpoint on a new device, and ends with the same numbers', async () => {
    const whole = await readyTab()
    const expected = await whole.service.train(whole.settings, 'x', quiet)
    const tab = await readyTab()
    const losses: DeviceLoss[] = []
    await tab.service.onDeviceLost((loss) => void losses.push(loss))
    tab.engine.onStep = loseAt(9)
    const { events, onEvent } = listen()
    const outcome = await tab.service.train(tab.settings, 'x', onEvent)
    expect(outcome.reason).toBe('finished')
    expect(events.flatMap((event) => (event.kind === 'started' ? [event.fromStep] : []))).toEqual([0, 8])
    expect(events.flatMap((event) => (event.kind === 'warning' ? [event.message] : [])).join()).toMatch(/lost and is back.*step 8/)
    expect(losses).toEqual([{ message: containing('lost'), recovered: true }])
    expect([tab.devices.length, tab.engine.loads]).toEqual([2, 2])
    const [one, two] = [await whole.parts.store.adapters.get(expected.adapterId), await tab.parts.store.adapters.get(outcome.adapterId)]
    expect(two.adapter).toEqual(one.adapter)
    expect(two.record.trainingLosses).toEqual(one.record.trainingLosses)
  })

  it('F71 before the first checkpoint: the run begins again', async () => {
    const tab = await readyTab()
    tab.engine.onStep = loseAt(2)
    const { events, onEvent } = listen()
    expect((await tab.service.train(tab.settings, 'x', onEvent)).reason).toBe('finished')
    expect(events.flatMap((event) => (event.kind === 'started' ? [event.fromStep] : []))).toEqual([0, 0])
  })

  it('F71 a device destroyed by someone else is a lost one too', async () => {
    const tab = await readyTab()
    tab.engine.onStep = (step, device) => void (step === 5 && device === tab.devices[0] && device.destroy())
    expect((await tab.service.train(tab.settings, 'x', quiet)).reason).toBe('finished')
    expect(tab.devices).toHaveLength(2)
  })

  it('F71 while answering: the answer fails in words, and the next one works on the new device', async () => {
    const tab = await readyTab()
    tab.engine.onToken = (count, device) => void (count === 2 && device === tab.devices[0] && device.lose())
    const options = {
      temperature: 3, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 8, stopStrings: [], adapterStrength: 1,
    }
    const request = { prompt: 'cat', raw: true, adapterId: undefined, options }
    await expect(tab.service.generate(request, quiet)).rejects.toMatchObject({ code: 'gpu-lost', fix: aText })
    expect((await tab.service.generate(request, quiet)).tokens).toBeGreaterThan(0)
  })

  it('F73 a second loss stops the run, keeps its checkpoint and says how to go on', async () => {
    const tab = await readyTab()
    const losses: DeviceLoss[] = []
    await tab.service.onDeviceLost((loss) => void losses.push(loss))
    tab.engine.onStep = loseAt(9, 2)
    const { onEvent } = listen()
    await expect(tab.service.train(tab.settings, 'x', onEvent)).rejects.toMatchObject({
      code: 'gpu-lost', where: containing('step 8'), fix: matching(/Reload the page.*from step 8/),
    })
    expect(losses.map(({ recovered }) => recovered)).toEqual([true, false])
    expect(tab.devices).toHaveLength(2)
    expect(await tab.service.unfinishedRuns()).toMatchObject([{ step: 8, steps: 12 }])
    await expect(tab.service.defaults()).rejects.toMatchObject({ code: 'gpu-lost', fix: containing('Reload') })
  })

  it('F73 a device that cannot be had again counts as a second loss', async () => {
    const tab = await readyTab({ gpu: { devices: 1 } })
    tab.engine.onStep = loseAt(9)
    await expect(tab.service.train(tab.settings, 'x', quiet)).rejects.toMatchObject({ code: 'gpu-lost', where: containing('step 8') })
  })

  it('F75 what an old device still answers changes nothing', async () => {
    const tab = await readyTab()
    let release: () => void = () => undefined
    tab.engine.onStep = (step, device) => {
      if (step !== 6 || device !== tab.devices[0]) return
      device.lose()
      // The old device answers after all, long after the run has moved on.
      release = () => (device.gone = false)
      setImmediate(() => setImmediate(release))
    }
    const { events, onEvent } = listen()
    const { adapterId } = await tab.service.train(tab.settings, 'x', onEvent)
    const { record } = await tab.parts.store.adapters.get(adapterId)
    expect(record.trainingLosses.map(([step]) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
    expect(events.flatMap((event) => (event.kind === 'started' ? [event.fromStep] : []))).toEqual([0, 4])
  })

  it('a loss while nothing runs: the model is there again', async () => {
    const tab = await readyTab()
    const told = new Promise<DeviceLoss>((resolve) => void tab.service.onDeviceLost(resolve))
    tab.devices[0]!.lose()
    expect((await told).recovered).toBe(true)
    expect((await tab.service.defaults()).lora.targetModules).toEqual(['toy'])
    await tab.service.openModel(modelFiles(), quiet)
  })
})
