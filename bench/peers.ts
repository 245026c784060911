/** The step of `bench step` beside other trainers that run in a browser. */
import type { Bench } from './lib/bench.ts'
import { gpuSteps } from './lib/gpu.ts'
import { jaxStep } from './lib/jax.ts'
import { onnxStep } from './lib/onnx-step.ts'
import { SMALL } from './lib/random-model.ts'
import { byTurns } from './lib/rounds.ts'

const BATCH = { examples: 8, length: 64, vocabulary: SMALL.vocabulary, targets: 1 }
const OURS = 'onnx'

export const peers: Bench = {
  name: 'peers',
  title: 'LoRA step: 6 layers × 256, 8 × 64 tokens, every token a target, beside other trainers',
  async run({ runtime, withWebGpu, rounds, tell }) {
    const contestants = [await onnxStep(OURS, runtime, SMALL, BATCH)]
    const jax = await jaxStep(SMALL, BATCH, 'wasm')
    if (jax) contestants.push(jax)
    contestants.push(...(await gpuSteps(SMALL, BATCH, { software: withWebGpu, jax: true })))
    try {
      // Compiling takes jax-js minutes, and a step most of one: few rounds tell enough.
      return { results: await byTurns(contestants, Math.min(rounds, 3), 1, tell), base: OURS }
    } finally {
      for (const contestant of contestants) contestant.close()
    }
  },
}
