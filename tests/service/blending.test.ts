/** Several adapters as one, asked, measured and kept. */
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import type { BlendPart, GenerationRequest } from '../../src/service/types.ts'
import { measuredLosses, picked, readyTab } from './support.ts'

const quiet = () => undefined
const options = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 12, stopStrings: [], adapterStrength: 1 }
const question: Omit<GenerationRequest, 'adapterId'> = { prompt: 'cat 0?', raw: false, options }

/** Two adapters of other ranks and scalings: one learnt its rows, the other hardly. */
async function twoAdapters() {
  const tab = await readyTab({}, 60)
  const { adapterId: one } = await tab.service.train(tab.settings, 'Animals', quiet)
  const lora = { ...tab.settings.lora, rank: 2, useRsLora: true }
  const { adapterId: two } = await tab.service.train({ ...tab.settings, lora, steps: 6, seed: 5 }, 'Other', quiet)
  return { ...tab, one, two }
}

describe('a blend', () => {
  it('speaks as the only one in it does, and with two it is neither; the same parts are the same voice', async () => {
    const { service, one, two } = await twoAdapters()
    const alone = await service.blendAdapters([{ adapterId: one, strength: 1 }, { adapterId: two, strength: 0 }])
    expect((await service.generate({ ...question, adapterId: alone }, quiet)).ids).toEqual((await service.generate({ ...question, adapterId: one }, quiet)).ids)
    expect((await measuredLosses(service, alone)).tuned).toBeCloseTo((await measuredLosses(service, one)).tuned, 6)
    const both: BlendPart[] = [{ adapterId: one, strength: 0.5 }, { adapterId: two, strength: 1.5 }]
    const id = await service.blendAdapters(both)
    expect(await service.blendAdapters(both)).toBe(id)
    const { tuned } = await measuredLosses(service, id)
    for (const adapterId of [one, two]) expect(Math.abs(tuned - (await measuredLosses(service, adapterId)).tuned)).toBeGreaterThan(1e-3)
    const { promptIds, ids } = await service.generate({ ...question, adapterId: id }, quiet)
    expect((await service.inspectAnswer({ promptIds, ids, adapterId: id, strength: 1 }))[0]!.tuned).toBeDefined()
    expect((await service.listAdapters()).map(({ name }) => name).sort()).toEqual(['Animals', 'Other'])
  })

  it('is kept with a receipt of what it is made of, and leaves as an adapter that says the same', async () => {
    const { service, one, two } = await twoAdapters()
    const parts = [{ adapterId: one, strength: 1 }, { adapterId: two, strength: 0.5 }]
    const kept = await service.keepBlend(parts, 'Both')
    expect(kept.blend).toMatchObject([{ name: 'Animals', strength: 1, dataset: { name: 'pairs.jsonl' } }, { name: 'Other', strength: 0.5 }])
    const hashes = await Promise.all([one, two].map(async (id) => {
      const files = unzipSync((await service.exportAdapter(id)).bytes)
      return (JSON.parse(strFromU8(files['homespun.json']!)) as { weightsHash: string }).weightsHash
    }))
    expect(kept.blend!.map(({ weightsHash }) => weightsHash)).toEqual(hashes)
    const spoken = await measuredLosses(service, await service.blendAdapters(parts))
    expect(await measuredLosses(service, kept.id)).toEqual(spoken)
    const zip = await service.exportAdapter(kept.id)
    const back = await service.importAdapter(picked(new File([zip.bytes], zip.fileName)))
    expect(back).toMatchObject({ name: 'Both', blend: kept.blend })
    expect((await service.listAdapters()).find(({ id }) => id === kept.id)!.blend).toEqual(kept.blend)
  })

  it('is refused in words where nothing speaks, forms differ, or a strength is none', async () => {
    const { service, one, two, settings } = await twoAdapters()
    const blend = (...parts: [string, number][]) => service.blendAdapters(parts.map(([adapterId, strength]) => ({ adapterId, strength })))
    await expect(blend([one, 0], [two, 0])).rejects.toMatchObject({ code: 'blend-empty' })
    await expect(blend([one, 1.6], [two, 1])).rejects.toMatchObject({ code: 'blend-strength' })
    await expect(blend([one, Number.NaN], [two, 1])).rejects.toMatchObject({ code: 'blend-strength' })
    await expect(blend([one, 1], ['gone', 1])).rejects.toMatchObject({ code: 'adapter-not-found' })
    await service.setTemplate({ prompt: 'Q: {input}\nA:', answer: ' {output}' })
    const { adapterId: formed } = await service.train({ ...settings, steps: 2 }, 'Formed', quiet)
    await expect(blend([one, 1], [formed, 1])).rejects.toMatchObject({ code: 'blend-templates', message: expect.stringContaining('“Formed”') as string })
    await expect(blend([formed, 1])).resolves.toBeTypeOf('string')
  })
})
