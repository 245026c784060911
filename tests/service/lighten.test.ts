/** What would make a run fit: real plans of a real model, and only what helps. */
import { beforeAll, describe, expect, it } from 'vitest'
import { engineOver } from '../../src/service/engines/onnx.ts'
import type { Lightening, TrainingSettings } from '../../src/service/types.ts'
import { onnxRuntime } from '../support/onnx-runtime.ts'
import { HomespunService } from '../../src/service/tuning-service.ts'
import { modelFiles, openTab } from './support.ts'

let service: HomespunService
let settings: TrainingSettings

/** 24 pairs, each a little longer than the one before. */
function longPairs(): File {
  const lines = Array.from({ length: 24 }, (_, i) => JSON.stringify({ input: `cat ${i}?`, output: 'a cat, a dog and a bird, '.repeat(1 + i / 4) }))
  return new File([lines.join('\n')], 'long.jsonl')
}

beforeAll(async () => {
  const { parts } = openTab()
  const engine = await engineOver({ runtime: onnxRuntime, threads: 1, fewThreads: undefined }, '')
  service = new HomespunService({ ...parts, engine: { checkModel: () => undefined, open: async () => engine } })
  await service.start('onnx')
  await service.openModel(modelFiles(), () => undefined)
  await service.readData(longPairs(), { split: { validationFraction: 0, seed: 1 } })
  settings = { ...(await service.defaults()), batchSize: 8, accumulate: 3 }
})

const bytesOf = async (change: Partial<TrainingSettings>) => (await service.preflight({ ...settings, ...change })).plan.totalBytes
const kinds = (offers: Lightening[]) => offers.map(({ kind }) => kind)
const allow = (totalBytes: number) => service.lighten(settings, { totalBytes, pieceBytes: undefined })

describe('what makes a run smaller', () => {
  it('is planned as such a run would be, with the first change of a kind that fits, and the same examples an update', async () => {
    const [now, four] = [await bytesOf({}), await bytesOf({ batchSize: 4, accumulate: 6 })]
    expect(four).toBeLessThan(now)
    const [batch] = await allow(four)
    expect(batch).toEqual({ kind: 'batch', batchSize: 4, accumulate: 6, bytes: four, fits: true })
    const [less] = await allow(four - 1)
    expect(less).toMatchObject({ kind: 'batch', batchSize: 3, accumulate: 8, fits: true })
    expect(less!.bytes).toBe(await bytesOf({ batchSize: 3, accumulate: 8 }))
  })

  it('says what shorter rows cut, and takes the longest that fit', async () => {
    const offers = await allow(Infinity)
    const length = offers.find(({ kind }) => kind === 'length')
    if (length?.kind !== 'length') throw new Error('No shorter rows were offered')
    expect(length.bytes).toBe(await bytesOf({ maxLength: length.maxLength }))
    const { learnt } = await service.preflight({ ...settings, maxLength: length.maxLength })
    expect(length).toMatchObject({ cut: learnt.cut, empty: learnt.empty })
    expect(learnt.cut + learnt.empty).toBeGreaterThan(0)
  })

  it('offers weights that take less, and nothing that saves nothing: here layers are never recomputed', async () => {
    const offers = await allow(1)
    expect(offers.every(({ fits }) => !fits)).toBe(true)
    expect(kinds(offers)).not.toContain('recompute')
    const now = await bytesOf({})
    for (const { bytes } of offers) expect(bytes).toBeLessThan(now)
    const one = await service.lighten({ ...settings, batchSize: 1, accumulate: 24 }, { totalBytes: 1, pieceBytes: undefined })
    expect(kinds(one)).not.toContain('batch')
  })
})
