/** What training a model will take of memory, from its config.json alone: known before a byte of its weights is downloaded. */
import { planLayout, type ExampleSize } from '../data/batch/pack.ts'
import type { DeviceTraits } from '../engine/kernel.ts'
import type { WeightStorage } from '../engine/graph.ts'
import { modelFromConfig } from '../models/index.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import { plannedModel, weightStorages } from '../runtime/weight-dtype.ts'
import { ADAMW_DEFAULTS } from './optimizer.ts'
import { planOnnxTraining } from './onnx-training-step.ts'
import type { TrainingStepSettings } from './step-settings.ts'
import { planTfjsTraining } from './tfjs-training-step.ts'
import { planTraining } from './webgpu-training-step.ts'
import type { PlanReport } from './types.ts'

/** What it depends on. Where a value is left out, it is that of a usual run: every linear layer, rank 16, 4 examples of 512 tokens. */
export interface MemorySettings {
  /** How the frozen weights are kept. */
  dtype?: WeightDtype
  /** How the checkpoint stores them; where it is left out, what config.json says (`dtype` or `torch_dtype`), else f32. */
  stored?: 'f32' | 'bf16' | 'f16'
  rank?: number
  /** Endings of the layers' names, as PEFT lists them; every linear layer where left out. */
  targetModules?: readonly string[]
  /** Examples in a micro-batch. */
  batchSize?: number
  /** Tokens of the longest example. */
  maxLength?: number
  activationCheckpointing?: boolean
}

export interface MemoryToTrain extends PlanReport {
  /** The most that this engine can ever have, whatever the machine: 4 GB in 32-bit WebAssembly. Absent where only the machine sets a limit. */
  readonly limitBytes: number | undefined
  /** False where `totalBytes` is over that limit. */
  readonly fits: boolean
}

/** 32-bit WebAssembly addresses no more. */
const WASM_BYTES = 2 ** 32

/** A GPU as most are: only the places of values depend on it. */
const USUAL_GPU: DeviceTraits = {
  rowLanes: 128, matmulTiles: 'workgroup', maxMatmulTerms: 6, maxBindingBytes: 2 ** 31 - 4, maxStorageBuffers: 8,
  maxWorkgroupsPerDimension: 65_535, maxDispatchFlops: 1e10,
}

/**
 * Bytes at the highest point of training a LoRA adapter: all examples (and their sources, where there is an encoder) as long as
 * allowed, every token a target. Allocates nothing; takes some milliseconds for each layer of the model.
 * Throws 'config-unsupported' and 'config-invalid' as `modelFromConfig`, 'lora-targets' where a layer of that name is missing.
 */
export function memoryToTrain(config: Readonly<Record<string, unknown>>, settings: MemorySettings, engine: 'webgpu' | 'onnx' | 'tfjs'): MemoryToTrain {
  const { maxLength = 512, dtype = 'stored' } = settings
  const model = modelFromConfig(config)
  const stored = settings.stored ?? storedOf(config)
  const planned = plannedModel(model, weightStorages(model, () => stored, dtype))
  const targetModules = settings.targetModules ?? [...new Set(model.linearModules.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))]
  const length = Math.min(maxLength, model.contextLength)
  const step = stepSettings({ ...settings, targetModules }, { length, targets: length - 1, ...(model.encoder && { source: length }) })
  if (engine === 'webgpu') return { ...planTraining(planned, step, USUAL_GPU).report, limitBytes: undefined, fits: true }
  const report = engine === 'onnx' ? planOnnxTraining(planned, step) : planTfjsTraining(planned, step)
  const limitBytes = engine === 'onnx' ? WASM_BYTES : undefined
  return { ...report, limitBytes, fits: report.totalBytes <= (limitBytes ?? Infinity) }
}

function stepSettings(
  { rank = 16, targetModules = [], batchSize = 4, activationCheckpointing = false }: MemorySettings, example: ExampleSize,
): TrainingStepSettings {
  return {
    lora: { rank, alpha: 2 * rank, dropout: 0, useRsLora: false, targetModules: [...targetModules] },
    layout: planLayout([Array.from({ length: batchSize }, () => example)]),
    optimizer: { ...ADAMW_DEFAULTS, weightDecay: 0, clipNorm: 1 },
    activationCheckpointing,
    seed: 0,
  }
}

const STORED: Record<string, WeightStorage & ('f32' | 'bf16' | 'f16')> = { float32: 'f32', bfloat16: 'bf16', float16: 'f16' }

function storedOf(config: Readonly<Record<string, unknown>>): 'f32' | 'bf16' | 'f16' {
  const named = config['dtype'] ?? config['torch_dtype']
  return (typeof named === 'string' && STORED[named]) || 'f32'
}
