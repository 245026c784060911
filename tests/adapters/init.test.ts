/** Initialisation of adapters, against PEFT's rule. */
import { describe, expect, it } from 'vitest'
import { createAdapter, isTarget } from '../../src/adapters/init.ts'
import { loraScale } from '../../src/adapters/scale.ts'
import type { LinearModule, LoraConfig } from '../../src/adapters/types.ts'

const config: LoraConfig = { rank: 4, alpha: 8, dropout: 0, useRsLora: false, targetModules: ['q_proj', 'up_proj'] }
const modules: LinearModule[] = [
  { module: 'model.layers.0.self_attn.q_proj', inFeatures: 48, outFeatures: 64 },
  { module: 'model.layers.0.self_attn.k_proj', inFeatures: 48, outFeatures: 32 },
  { module: 'model.layers.0.mlp.up_proj', inFeatures: 1024, outFeatures: 80 },
]

describe('createAdapter', () => {
  it('makes a pair for every target, A within ±1/√in and spread over it, B zero', () => {
    const { pairs } = createAdapter(config, modules, 7)
    expect(pairs.map(({ module }) => module)).toEqual([modules[0]?.module, modules[2]?.module])
    for (const { a, b, inFeatures, outFeatures } of pairs) {
      const bound = 1 / Math.sqrt(inFeatures)
      expect([a.length, b.length]).toEqual([4 * inFeatures, 4 * outFeatures])
      expect(a.every((x) => Math.abs(x) <= bound)).toBe(true)
      expect(b.every((x) => x === 0)).toBe(true)
    }
    const a = pairs[1]?.a ?? new Float32Array()
    const mean = a.reduce((sum, x) => sum + x, 0) / a.length
    const variance = a.reduce((sum, x) => sum + (x - mean) ** 2, 0) / a.length
    // A uniform distribution on ±b has variance b²/3; 4,096 draws settle both figures within a few per cent.
    expect(Math.abs(mean) * 32).toBeLessThan(0.04)
    expect(variance * 1024 * 3).toBeCloseTo(1, 1)
  })

  it('gives the same adapter for a seed, another for another, whatever else is chosen', () => {
    const one = createAdapter(config, modules, 7)
    expect(createAdapter(config, modules, 7)).toEqual(one)
    expect(createAdapter(config, modules, 8).pairs[0]?.a).not.toEqual(one.pairs[0]?.a)
    expect(createAdapter({ ...config, targetModules: ['up_proj'] }, modules, 7).pairs[0]?.a).toEqual(one.pairs[1]?.a)
  })

  it.each([
    [{ rank: 0 }, 'lora-rank'], [{ rank: 2.5 }, 'lora-rank'], [{ rank: 1e9 }, 'lora-rank'],
    [{ alpha: 0 }, 'lora-alpha'], [{ alpha: NaN }, 'lora-alpha'],
    [{ dropout: 1 }, 'lora-dropout'], [{ dropout: NaN }, 'lora-dropout'],
    [{ targetModules: [] }, 'lora-targets'], [{ targetModules: ['q_proj', 'c_attn'] }, 'lora-targets'],
  ])('refuses %j before allocating', (change, code) => {
    expect(() => createAdapter({ ...config, ...change }, modules, 1)).toThrow(expect.objectContaining({ code }))
  })

  it('names the layers there are when a target is not among them', () => {
    expect(() => createAdapter({ ...config, targetModules: ['c_attn'] }, modules, 1)).toThrow(/c_attn.*q_proj, k_proj, up_proj/)
  })
})

describe('targets and scale', () => {
  it('matches a whole name or its end after a dot, as PEFT does', () => {
    expect(isTarget('model.layers.0.self_attn.q_proj', ['q_proj'])).toBe(true)
    expect(isTarget('model.layers.0.self_attn.q_proj', ['self_attn.q_proj'])).toBe(true)
    expect(isTarget('model.layers.0.self_attn.q_proj', ['proj'])).toBe(false)
  })

  it('scales by α/r, and by α/√r for rsLoRA', () => {
    expect(loraScale({ rank: 16, alpha: 32, useRsLora: false })).toBe(2)
    expect(loraScale({ rank: 16, alpha: 32, useRsLora: true })).toBe(8)
  })
})
