/** The LoRA step of SmolLM2-135M's shape, random weights: 128 tokens, rank 16 on every linear layer. */
import type { Bench } from './lib/bench.ts'
import { gpuSteps } from './lib/gpu.ts'
import { onnxStep, TARGETS } from './lib/onnx-step.ts'
import type { LlamaSizes } from './lib/random-model.ts'
import { byTurns } from './lib/rounds.ts'
import { tfjsStep } from './lib/tfjs-step.ts'
import { torchStep } from './lib/torch.ts'

const SMOLLM2: LlamaSizes = { hidden: 576, intermediate: 1536, layers: 30, heads: 9, kvHeads: 3, vocabulary: 49_152, context: 2048 }
const BATCH = { examples: 1, length: 128, vocabulary: SMOLLM2.vocabulary, targets: 1 }
const OURS = 'onnx'

export const smollm: Bench = {
  name: 'smollm',
  title: 'LoRA step: the shape of SmolLM2-135M, 128 tokens, every token a target',
  async run({ runtime, threads, withTorch, withWebGpu, rounds, tell }) {
    const contestants = [await onnxStep(OURS, runtime, SMOLLM2, BATCH), ...(await gpuSteps(SMOLLM2, BATCH, { software: withWebGpu, jax: false }))]
    if (withWebGpu) contestants.push(await tfjsStep(SMOLLM2, BATCH))
    const torch = withTorch ? await torchStep(SMOLLM2, BATCH, TARGETS, threads) : undefined
    if (torch) contestants.push(torch)
    try {
      return { results: await byTurns(contestants, Math.min(rounds, 5), 1, tell), base: OURS }
    } finally {
      for (const contestant of contestants) contestant.close()
    }
  },
}
