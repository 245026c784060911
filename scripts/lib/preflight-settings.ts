/** Twelve settings of a run for `npm run measure:preflight`: two models, two engines, and what bytes and seconds depend on. */
import type { TrainingSettings, WeightDtype } from '../../src/service/types.ts'

export interface PreflightFigures {
  bytes: { foretold: number; held: number }
  seconds: { foretold: number; took: number }
}

export interface PreflightSetting {
  name: string
  model: 'thimble' | 'tiny-llama'
  engine: 'onnx' | 'webgpu'
  weights?: WeightDtype
  probes?: readonly string[]
  change: Partial<TrainingSettings> & { rank?: number; dropout?: number; targets?: readonly string[] }
}

const probes = ['What is the weather like today?', 'Where is my hat?']

export const SETTINGS: readonly PreflightSetting[] = [
  { name: 'Thimble, onnx, 4 × 2, rank 16', model: 'thimble', engine: 'onnx', change: { steps: 30 } },
  { name: 'Thimble int8, onnx, 2 × 4, rank 8 on q and v', model: 'thimble', engine: 'onnx', weights: 'int8', change: { steps: 30, batchSize: 2, accumulate: 4, rank: 8, targets: ['q_proj', 'v_proj'] } },
  { name: 'Thimble, onnx, 8 × 1, cut at 32, rank 32', model: 'thimble', engine: 'onnx', change: { steps: 40, batchSize: 8, accumulate: 1, maxLength: 32, rank: 32 } },
  { name: 'Thimble, onnx, 1 × 1, dropout, two probes', model: 'thimble', engine: 'onnx', probes, change: { steps: 100, batchSize: 1, accumulate: 1, dropout: 0.1 } },
  { name: 'Thimble, webgpu, 4 × 1, rank 16', model: 'thimble', engine: 'webgpu', change: { steps: 24, accumulate: 1 } },
  { name: 'Thimble, webgpu, 2 × 2, rank 8, layers recomputed', model: 'thimble', engine: 'webgpu', change: { steps: 24, batchSize: 2, accumulate: 2, rank: 8, activationCheckpointing: true } },
  { name: 'Thimble int8, webgpu, 4 × 1, cut at 32', model: 'thimble', engine: 'webgpu', weights: 'int8', change: { steps: 24, accumulate: 1, maxLength: 32 } },
  { name: 'Thimble, webgpu, 2 × 1, rank 32 on q and v, a probe', model: 'thimble', engine: 'webgpu', probes: probes.slice(0, 1), change: { steps: 40, batchSize: 2, accumulate: 1, rank: 32, targets: ['q_proj', 'v_proj'] } },
  { name: 'tiny-llama, onnx, 4 × 2, rank 16', model: 'tiny-llama', engine: 'onnx', change: { steps: 60 } },
  { name: 'tiny-llama, onnx, 16 × 1, rank 4', model: 'tiny-llama', engine: 'onnx', change: { steps: 60, batchSize: 16, accumulate: 1, rank: 4 } },
  { name: 'tiny-llama, webgpu, 4 × 2, rank 16', model: 'tiny-llama', engine: 'webgpu', change: { steps: 60 } },
  { name: 'tiny-llama, webgpu, 2 × 1, layers recomputed, a probe', model: 'tiny-llama', engine: 'webgpu', probes: probes.slice(0, 1), change: { steps: 120, batchSize: 2, accumulate: 1, activationCheckpointing: true } },
]
