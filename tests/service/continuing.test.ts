/** A run that goes on from an adapter of the shelf. */
import { describe, expect, it } from 'vitest'
import type { TrainingEvent } from '../../src/service/types.ts'
import { listen, readyTab } from './support.ts'

const quiet = () => undefined
const losses = (events: readonly TrainingEvent[]) => events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []))

describe('a run that goes on from an adapter', () => {
  it('begins where that one ended, with its size, and says so in its receipt', async () => {
    const { service, settings, parts } = await readyTab({}, 30)
    const lora = { ...settings.lora, rank: 2, alpha: 8 }
    const first = await service.train({ ...settings, lora, learningRate: 0.05 }, 'first', quiet)
    const { events, onEvent } = listen()
    const second = await service.train({ ...settings, learningRate: 1e-9 }, 'second', onEvent, [], first.adapterId)
    const fresh = listen()
    await service.train({ ...settings, learningRate: 1e-9 }, 'fresh', fresh.onEvent)
    expect(losses(events)[0]).toBeLessThan(losses(fresh.events)[0]! - 0.1)
    const [before, after] = [await parts.store.adapters.get(first.adapterId), await parts.store.adapters.get(second.adapterId)]
    expect(after.adapter.config).toMatchObject({ rank: 2, alpha: 8 })
    expect(after.record.settings?.lora.rank).toBe(2)
    expect(after.record.begunWith).toMatchObject({ name: 'first', weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    expect(before.record.begunWith, 'which itself began with nothing').toBeUndefined()
    // A step of next to nothing leaves it where it was.
    const drift = after.adapter.pairs[0]!.b.reduce((most, value, i) => Math.max(most, Math.abs(value - before.adapter.pairs[0]!.b[i]!)), 0)
    expect(drift).toBeLessThan(1e-6)
    expect(await service.adapterConfig(first.adapterId)).toMatchObject({ rank: 2, alpha: 8 })
  })

  it('gives the same numbers again; from an adapter that is gone it does not begin', async () => {
    const { service, settings } = await readyTab({}, 30)
    const { adapterId } = await service.train(settings, 'first', quiet)
    await expect(service.train(settings, 'x', quiet, [], 'none')).rejects.toMatchObject({ code: 'adapter-not-found' })
    const told = listen()
    await service.train({ ...settings, learningRate: 0.05 }, 'second', told.onEvent, [], adapterId)
    const again = listen()
    await service.train({ ...settings, learningRate: 0.05 }, 'third', again.onEvent, [], adapterId)
    expect(losses(again.events)).toEqual(losses(told.events))
  })
})
