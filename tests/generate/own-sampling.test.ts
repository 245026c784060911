import { expect, it } from 'vitest'
import { ownSampling, USUAL_SAMPLING } from '../../src/generate/own-sampling.ts'

it('a model that says it is greedy is asked greedily', () => {
  expect(ownSampling({ do_sample: false, temperature: 0.6, top_k: 20 })).toEqual({ temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 })
})

it("Qwen3's own file, and what transformers takes where a file says only that it samples", () => {
  expect(ownSampling({ do_sample: true, temperature: 0.6, top_k: 20, top_p: 0.95 })).toMatchObject({ temperature: 0.6, topK: 20, topP: 0.95 })
  expect(ownSampling({ do_sample: true })).toEqual({ temperature: 1, topK: 50, topP: 1, minP: 0, repetitionPenalty: 1 })
})

it('a model that says nothing, or nothing of use', () => {
  expect(ownSampling(undefined)).toBe(USUAL_SAMPLING)
  expect(ownSampling({ eos_token_id: 1 })).toBe(USUAL_SAMPLING)
  expect(ownSampling({ do_sample: true, temperature: 'hot', top_p: 3, repetition_penalty: 0 })).toMatchObject({ temperature: 1, topP: 1, repetitionPenalty: 1 })
})
