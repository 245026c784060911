/** The LoRA step of a 5.5M-parameter Llama at 8 × 64 tokens, rank 16 on every linear layer, beside what it can be compared with. */
import { gpuSteps } from './lib/gpu.ts'
import { matmulFloor } from './lib/floor.ts'
import { onnxStep, TARGETS } from './lib/onnx-step.ts'
import type { Bench } from './lib/bench.ts'
import { SMALL } from './lib/random-model.ts'
import { byTurns } from './lib/rounds.ts'
import { tfjsStep } from './lib/tfjs-step.ts'
import { torchStep } from './lib/torch.ts'

const BATCH = { examples: 8, length: 64, vocabulary: SMALL.vocabulary, targets: 1 }
const ALL = 'onnx'
const QUARTER = 'onnx, a quarter of the tokens as targets'

export const step: Bench = {
  name: 'step',
  title: 'LoRA step: 6 layers × 256, 8 × 64 tokens, every token a target',
  async run({ runtime, threads, withTorch, withWebGpu, rounds, tell }) {
    const contestants = [
      await onnxStep(ALL, runtime, SMALL, BATCH),
      await matmulFloor(runtime, SMALL, BATCH.examples * BATCH.length, BATCH.examples * (BATCH.length - 1)),
      await onnxStep(QUARTER, runtime, SMALL, { ...BATCH, targets: 0.25 }),
      await tfjsStep(SMALL, BATCH),
      ...(await gpuSteps(SMALL, BATCH, { software: withWebGpu, jax: false })),
    ]
    const torch = withTorch ? await torchStep(SMALL, BATCH, TARGETS, threads) : undefined
    if (torch) contestants.push(torch)
    const notes = withTorch && !torch ? ['Python with torch, transformers and peft was not found: PyTorch is left out.'] : []
    try {
      return { results: await byTurns(contestants, rounds, 2, tell), base: ALL, notes }
    } finally {
      for (const contestant of contestants) contestant.close()
    }
  },
}
