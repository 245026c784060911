/** A LoRA training step on ONNX Runtime: one session gives losses and gradients, AdamW follows on the CPU. */
import type { LoraAdapter } from '../adapters/types.ts'
import type { DeviceTraits } from '../engine/kernel.ts'
import type { OnnxSession } from '../engine/onnx/session.ts'
import type { AttentionAttributes } from '../engine/ops/attention/attributes.ts'
import { attention } from '../engine/ops/attention/index.ts'
import { makePlan, planMemory } from '../engine/plan.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import { onnxWeightBytes, type OnnxModel } from '../runtime/onnx-model.ts'
import type { PlannedModel } from '../runtime/weight-dtype.ts'
import { CpuTrainingStep, openGraphSettings, type StepEngine, type StepInputs } from './cpu-training-step.ts'
import type { TrainingStepSettings } from './step-settings.ts'
import { gradientGraph, STORES } from './training-graph.ts'
import type { PlanReport } from './types.ts'

const LOSSES = 'losses'
const gradientName = (i: number) => `gradient ${i}`

/** Makes the session and puts `adapter` in place. Throws 'onnx-session', 'wasm-out-of-memory', 'lora-targets', 'adapter-mismatch'. */
export async function createOnnxTrainingStep(model: OnnxModel, adapter: LoraAdapter, settings: TrainingStepSettings): Promise<CpuTrainingStep> {
  const layout = new AdapterLayout(targetedModules(model.model.linearModules, settings.lora), settings.lora.rank)
  const { graph, losses, gradients } = gradientGraph(openGraphSettings(model, layout, settings))
  const outputs = new Map([[LOSSES, losses], ...gradients.map((value, i) => [gradientName(i), value] as const)])
  const session = await model.createSession(graph, outputs, { inBlocks: true, onRequest: gradients.map((_, i) => gradientName(i)) })
  const engine = new OnnxStep(session, layout)
  return new CpuTrainingStep({ model: model.model, layout, settings, report: planOnnxTraining(model, settings), engine }, adapter)
}

/** One session does both: an evaluation does not ask for gradients, and feeds no masks of dropout. */
class OnnxStep implements StepEngine {
  readonly #session: OnnxSession
  readonly #layout: AdapterLayout

  constructor(session: OnnxSession, layout: AdapterLayout) {
    this.#session = session
    this.#layout = layout
  }

  async addGradient({ feeds, blocks, adapter, mask }: StepInputs, gradient: Float32Array<ArrayBuffer>): Promise<number> {
    const masks = Object.fromEntries([...this.#session.masks].map(([name, made]) => [name, mask(made, made.shape)]))
    const results = await this.#session.run({ ...feeds, [STORES.adapter]: adapter }, { masks, blocks, requested: true })
    this.#layout.slots.forEach(({ a, b }, slot) => {
      for (const [offset, part] of [[a, results[gradientName(2 * slot)]!], [b, results[gradientName(2 * slot + 1)]!]] as const) {
        for (let i = 0; i < part.length; i++) gradient[offset + i]! += part[i]!
      }
    })
    return sum(results[LOSSES]!)
  }

  async evaluate({ feeds, blocks, adapter }: StepInputs): Promise<number> {
    const results = await this.#session.run({ ...feeds, [STORES.adapter]: adapter }, { blocks })
    return sum(results[LOSSES]!)
  }

  destroy(): void {
    this.#session.destroy()
  }
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0)

/** ONNX Runtime's own data, and what it makes of a layer's operators. */
const RUNTIME_BYTES = 11e6
const LAYER_BYTES = 0.6e6
/**
 * What ONNX Runtime holds at the highest point, as multiples of the values that a plan keeps, for lowered ops are made of several
 * operators, and of attention's scores. Fitted to eight shapes of 64 to 512 tokens, which it meets within 4 % (docs/measurements.md).
 */
const [KEPT, SCORES] = [1.9, 1.33]

/** What the model is asked on the way, by sessions that are there beside that of the step, though not while it works. */
export type Asked = 'passage' | 'probes'

/** Copies of the weights that they hold: a decoder's are laid out anew, and for a moment there are both layouts. */
const COPIES: Record<Asked, number> = { passage: 1, probes: 1.35 }

/**
 * What a run takes of memory, estimated: weights, the adapter that goes in, every intermediate value that a plan keeps, and the scores of
 * attention, which ONNX Runtime holds for the backward pass. It is what is written of WebAssembly's memory, which grows by up to a
 * fifth at a time: what it has grown by in vain is no memory of the machine.
 */
export function planOnnxTraining(model: PlannedModel, settings: TrainingStepSettings, asked?: Asked): PlanReport {
  const layout = new AdapterLayout(targetedModules(model.model.linearModules, settings.lora), settings.lora.rank)
  const { graph, losses, gradients } = gradientGraph({ ...openGraphSettings(model, layout, settings), batch: settings.layout })
  const { slotBytes, inputBytes } = planMemory(makePlan(graph, [losses, ...gradients], UNLIMITED))
  const scores = graph.nodes.reduce((bytes, { op, attributes, inputs }) => {
    if (op.name !== attention.name) return bytes
    return bytes + 4 * inputs[0]!.shape[0]! * (attributes as AttentionAttributes).heads * (settings.layout.longest ?? settings.layout.rowLength)
  }, 0)
  const weightBytes = onnxWeightBytes(model)
  const adapterBytes = 4 * layout.size
  const optimizerBytes = 2 * adapterBytes
  const runtimeBytes = RUNTIME_BYTES + LAYER_BYTES * model.model.layers
  const stepBytes = KEPT * (slotBytes + inputBytes) + SCORES * scores
  const askedBytes = asked === undefined ? 0 : COPIES[asked] * weightBytes + LAYER_BYTES * model.model.layers
  const activationBytes = Math.ceil(runtimeBytes + adapterBytes + Math.max(stepBytes, askedBytes))
  return { weightBytes, adapterBytes, optimizerBytes, activationBytes, totalBytes: weightBytes + adapterBytes + optimizerBytes + activationBytes, largestBytes: 0, buffers: 0, dispatches: 0 }
}

/** No kernel is ever made by this plan: only the places of values count. */
const UNLIMITED: DeviceTraits = {
  rowLanes: 1, matmulTiles: 'registers', maxMatmulTerms: 2, maxBindingBytes: 2 ** 40, maxStorageBuffers: 8,
  maxWorkgroupsPerDimension: 65_535, maxDispatchFlops: Infinity,
}
