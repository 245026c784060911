/** A blend is the sum of its adapters: in float64 by its matrices, and by logits as PEFT blends them. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { blend, type WeightedAdapter } from '../../src/adapters/blend.ts'
import { createAdapter } from '../../src/adapters/init.ts'
import { readPeftZip, writePeftZip } from '../../src/adapters/peft.ts'
import { loraScale } from '../../src/adapters/scale.ts'
import type { AdapterReceipt, LinearModule, LoraAdapter } from '../../src/adapters/types.ts'
import { openParityEngine, type ParityEngine } from '../../src/cli/parity/engines.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import { openModelDirectory } from '../../src/hub/node-model-directory.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { receipt } from './samples.ts'

interface Recorded {
  ids: number[]
  adapters: Record<'one' | 'two', { r: number; lora_alpha: number; use_rslora: boolean; target_modules: string[] }>
  weights: [number, number]
  logits: Record<'one' | 'two' | 'blend', number[]>
}

const fixture = (path: string) => new URL(`../fixtures/${path}`, import.meta.url).pathname
const recorded = JSON.parse(readFileSync(fixture('blend.json'), 'utf8')) as Recorded

/** An adapter with the numbers of make-blend.py, where modules are counted by their names in order. */
function recordedAdapter(name: 'one' | 'two', modules: readonly LinearModule[]): LoraAdapter {
  const { r, lora_alpha, use_rslora, target_modules } = recorded.adapters[name]
  const adapter = createAdapter({ rank: r, alpha: lora_alpha, dropout: 0, useRsLora: use_rslora, targetModules: target_modules }, modules, 1)
  const names = adapter.pairs.map(({ module }) => module).sort()
  for (const { module, a, b } of adapter.pairs) {
    for (const [side, numbers] of [a, b].entries()) {
      numbers.forEach((_, at) => (numbers[at] = Math.sin(0.37 * at + 1.7 * names.indexOf(module) + 0.9 * side + 2.3 * (name === 'one' ? 0 : 1)) / 4))
    }
  }
  return adapter
}

/** ΔW [out, in] of the adapters together, in float64. */
function change(parts: readonly WeightedAdapter[], { module, inFeatures, outFeatures }: LinearModule): Float64Array {
  const sum = new Float64Array(outFeatures * inFeatures)
  for (const { adapter, strength } of parts) {
    const pair = adapter.pairs.find((other) => other.module === module)
    const { rank } = adapter.config
    for (let at = 0; pair && at < sum.length; at++) {
      const [row, column] = [Math.floor(at / inFeatures), at % inFeatures]
      for (let r = 0; r < rank; r++) sum[at]! += strength * loraScale(adapter.config) * pair.b[row * rank + r]! * pair.a[r * inFeatures + column]!
    }
  }
  return sum
}

const furthest = (one: ArrayLike<number>, other: ArrayLike<number>) => Math.max(...Array.from(one, (value, at) => Math.abs(value - other[at]!)))

describe('a blend', () => {
  let engine: ParityEngine
  let folder: Awaited<ReturnType<typeof openModelDirectory>>
  let modules: readonly LinearModule[]
  let parts: [WeightedAdapter, WeightedAdapter]
  beforeAll(async () => {
    engine = await openParityEngine('onnx')
    folder = await openModelDirectory(fixture('models/tiny-llama'))
    modules = modelFromConfig(folder.config).linearModules
    const [one, two] = recorded.weights
    parts = [{ adapter: recordedAdapter('one', modules), strength: one }, { adapter: recordedAdapter('two', modules), strength: two }]
    return () => engine.destroy()
  })

  it('changes each layer by the sum of what its parts change, also where only one of them sits', () => {
    const whole = blend(parts, modules)
    expect(whole.config).toMatchObject({ rank: 5, alpha: 5, useRsLora: false, targetModules: ['q_proj', 'v_proj', 'up_proj'] })
    expect(whole.pairs.map(({ module }) => module.split('.').slice(2).join('.'))).toEqual(
      ['0.self_attn.q_proj', '0.self_attn.v_proj', '0.mlp.up_proj', '1.self_attn.q_proj', '1.self_attn.v_proj', '1.mlp.up_proj'])
    for (const layer of whole.pairs) expect(furthest(change([{ adapter: whole, strength: 1 }], layer), change(parts, layer))).toBeLessThan(1e-6)
    // Had the second been scaled as the first is, it would show.
    const plain = { ...parts[1].adapter, config: { ...parts[1].adapter.config, useRsLora: false } }
    const wrong = blend([parts[0], { adapter: plain, strength: parts[1].strength }], modules)
    expect(furthest(change([{ adapter: wrong, strength: 1 }], wrong.pairs[0]!), change(parts, wrong.pairs[0]!))).toBeGreaterThan(1e-3)
  })

  it('gives the logits that PEFT gives for it, and other ones at other strengths', async () => {
    const { ids, logits } = recorded
    const example = { row: 0, tokens: Uint32Array.from(ids), weights: new Float32Array(ids.length), truncated: 0 }
    const batch = packMicroBatch([example], planLayout([[exampleSize(example)]]))
    const model = await engine.load(folder)
    const last = async (adapter: LoraAdapter) => {
      const all = await model.logits(batch, adapter)
      const size = recorded.logits.blend.length
      return all.subarray((ids.length - 1) * size, ids.length * size)
    }
    expect(furthest(await last(parts[0].adapter), logits.one)).toBeLessThan(1e-4)
    expect(furthest(await last(parts[1].adapter), logits.two)).toBeLessThan(1e-4)
    expect(furthest(await last(blend(parts, modules)), logits.blend)).toBeLessThan(1e-4)
    const [one, two] = parts
    expect(furthest(await last(blend([one, { ...two, strength: 1 }], modules)), logits.blend)).toBeGreaterThan(0.1)
    model.destroy()
  })

  it('says on its way what it is made of, and refuses nothing at all and more ranks than an adapter has', async () => {
    const made: AdapterReceipt = {
      ...receipt, settings: undefined,
      blend: [{ name: 'One', strength: 1.25, weightsHash: 'aa', dataset: receipt.dataset }, { name: 'Two', strength: 0.5, weightsHash: 'bb', dataset: receipt.dataset }],
    }
    const zip = await writePeftZip(blend(parts, modules), made)
    const back = await readPeftZip(zip, 'blend.zip')
    expect(back.receipt).toEqual(made)
    expect(await writePeftZip(back.adapter, back.receipt!)).toEqual(zip)
    expect(() => blend([], modules)).toThrow(/no adapter to blend/)
    const huge = { ...parts[0].adapter, config: { ...parts[0].adapter.config, rank: 4095 } }
    expect(() => blend([{ adapter: huge, strength: 1 }, parts[1]], modules)).toThrow(/rank 4098/)
  })
})
