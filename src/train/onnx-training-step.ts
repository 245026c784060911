/** A LoRA training step on ONNX Runtime: one session gives losses and gradients, AdamW follows on the CPU. */
import type { LoraAdapter } from '../adapters/types.ts'
import { inBlocks, type BlockedBatch } from '../data/batch/in-blocks.ts'
import type { MicroBatch } from '../data/types.ts'
import { dropoutMask } from '../engine/dropout-mask.ts'
import type { DeviceTraits } from '../engine/kernel.ts'
import type { MaskFeed, OnnxSession } from '../engine/onnx/session.ts'
import type { AttentionAttributes } from '../engine/ops/attention/attributes.ts'
import { attention } from '../engine/ops/attention/index.ts'
import { makePlan, planMemory } from '../engine/plan.ts'
import { HomespunError } from '../errors.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import type { OnnxModel } from '../runtime/onnx-model.ts'
import { batchFeeds } from './batch-feeds.ts'
import { CpuOptimizer } from './cpu-optimizer.ts'
import { checkTokens, type TrainingStepSettings } from './step-settings.ts'
import { evaluationLosses, gradientGraph, STORES, type TrainingGraphSettings } from './training-graph.ts'
import type { OptimizerState, PlanReport, StepMetrics, TrainingStep } from './types.ts'

const LOSSES = 'losses'
const gradientName = (i: number) => `gradient ${i}`

/** Makes the session and puts `adapter` in place. Throws 'onnx-session', 'wasm-out-of-memory', 'lora-targets', 'adapter-mismatch'. */
export async function createOnnxTrainingStep(model: OnnxModel, adapter: LoraAdapter, settings: TrainingStepSettings): Promise<OnnxTrainingStep> {
  const layout = new AdapterLayout(targetedModules(model.model.linearModules, settings.lora), settings.lora.rank)
  const { graph, losses, gradients } = gradientGraph(graphSettings(model, layout, settings))
  const outputs = new Map([[LOSSES, losses], ...gradients.map((value, i) => [gradientName(i), value] as const)])
  const session = await model.createSession(graph, outputs, { inBlocks: true })
  return new OnnxTrainingStep(model, layout, settings, session, adapter)
}

/** Sizes only stand for any others here, but for what decides how large a part of the logits is made at a time. */
function graphSettings(model: OnnxModel, layout: AdapterLayout, { lora, layout: batch }: TrainingStepSettings): TrainingGraphSettings {
  return {
    model: model.model,
    parameters: (graph, of) => model.parameters(graph, of),
    lora, layout, activationCheckpointing: false,
    // Rows and targets differ in number, so that it shows which of them a dropout mask is for.
    batch: { rows: 1, rowLength: batch.targetCapacity + 1, targetCapacity: batch.targetCapacity },
  }
}

export class OnnxTrainingStep implements TrainingStep {
  readonly report: PlanReport
  readonly #model: OnnxModel
  readonly #layout: AdapterLayout
  readonly #settings: TrainingStepSettings
  readonly #session: OnnxSession
  readonly #optimizer: CpuOptimizer
  #evaluation: Promise<OnnxSession> | undefined
  #adapter: Float32Array<ArrayBuffer>
  /** Steps run one after another: each needs the adapter that the one before it made. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(model: OnnxModel, layout: AdapterLayout, settings: TrainingStepSettings, session: OnnxSession, adapter: LoraAdapter) {
    this.#model = model
    this.#layout = layout
    this.#settings = settings
    this.#session = session
    this.#adapter = layout.flatten(adapter)
    this.#optimizer = new CpuOptimizer(layout.size, settings.optimizer)
    this.report = planOnnxTraining(model, settings)
  }

  step(microBatches: readonly MicroBatch[], { learningRate, randomStep }: { learningRate: number; randomStep: number }): Promise<StepMetrics> {
    return this.#inTurn(async () => {
      const { loss, gradient } = await this.#gather(microBatches, randomStep)
      return { loss, ...this.#optimizer.update(this.#adapter, gradient, loss, learningRate) }
    })
  }

  evaluate(microBatch: MicroBatch): Promise<{ lossSum: number; weightSum: number }> {
    return this.#inTurn(async () => {
      this.#check([microBatch])
      this.#evaluation ??= this.#createEvaluation()
      const { batch } = inBlocks(microBatch)
      const feeds = { ...batchFeeds(batch, 1), [STORES.adapter]: this.#adapter }
      const results = await (await this.#evaluation).run(feeds, { blocks: batch.layout.rows })
      return { lossSum: sum(results[LOSSES]!), weightSum: microBatch.weightSum }
    })
  }

  readAdapter(): Promise<LoraAdapter> {
    return this.#inTurn(async () => this.#layout.unflatten(this.#adapter, this.#settings.lora))
  }

  /** The gradient of so many micro-batches as an adapter of gradients: for comparison with other implementations. */
  readGradient(microBatches: readonly MicroBatch[]): Promise<LoraAdapter> {
    return this.#inTurn(async () => this.#layout.unflatten((await this.#gather(microBatches, 0)).gradient, this.#settings.lora))
  }

  readOptimizer(): Promise<OptimizerState> {
    return this.#inTurn(async () => {
      const { step, firstMoment, secondMoment } = this.#optimizer.read()
      return { step, firstMoment: this.#layout.pack(firstMoment), secondMoment: this.#layout.pack(secondMoment) }
    })
  }

  writeAdapter(adapter: LoraAdapter): void {
    this.#adapter = this.#layout.flatten(adapter)
  }

  writeOptimizer({ step, firstMoment, secondMoment }: OptimizerState): void {
    this.#optimizer.write({ step, firstMoment: this.#layout.unpack(firstMoment), secondMoment: this.#layout.unpack(secondMoment) })
  }

  destroy(): void {
    this.#session.destroy()
    void this.#evaluation?.then((session) => session.destroy())
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }

  #check(microBatches: readonly MicroBatch[]): void {
    for (const batch of microBatches) checkTokens(batch, this.#model.model.vocabularySize, this.#model.model.contextLength)
  }

  /** Mean loss over the targets of all micro-batches, and its gradient over the flat adapter. */
  async #gather(microBatches: readonly MicroBatch[], randomStep: number): Promise<{ loss: number; gradient: Float32Array<ArrayBuffer> }> {
    this.#check(microBatches)
    const weightSum = microBatches.reduce((total, batch) => total + batch.weightSum, 0)
    if (!(weightSum > 0)) throw new HomespunError('no-targets', 'No token of this step is to be learnt.', { fix: 'Leave out examples without an answer.' })
    const gradient = new Float32Array(this.#layout.size)
    let loss = 0
    for (const [i, microBatch] of microBatches.entries()) {
      const blocked = inBlocks(microBatch)
      const feeds = { ...batchFeeds(blocked.batch, 1 / weightSum), [STORES.adapter]: this.#adapter }
      const masks = this.#masks(blocked, [this.#settings.seed, randomStep * 0x1000 + i])
      const results = await this.#session.run(feeds, { masks, blocks: blocked.batch.layout.rows })
      loss += sum(results[LOSSES]!)
      this.#add(gradient, results)
    }
    return { loss, gradient }
  }

  #add(total: Float32Array, results: Readonly<Record<string, Float32Array>>): void {
    this.#layout.slots.forEach(({ a, b }, slot) => {
      for (const [offset, part] of [[a, results[gradientName(2 * slot)]!], [b, results[gradientName(2 * slot + 1)]!]] as const) {
        for (let i = 0; i < part.length; i++) total[offset + i]! += part[i]!
      }
    })
  }

  /** The bits that the flat batch would have, wherever its tokens and targets lie now. */
  #masks({ origin, targetOrigin }: BlockedBatch, key: readonly [number, number]): Record<string, MaskFeed> {
    const made = [...this.#session.masks].map(([name, mask]): [string, MaskFeed] => {
      const [graphRows, width] = mask.shape as [number, number]
      const rows = graphRows === this.#settings.layout.targetCapacity ? targetOrigin : origin
      return [name, { data: dropoutMask(key, rows, width, mask), shape: [rows.length, width] }]
    })
    return Object.fromEntries(made)
  }

  #createEvaluation(): Promise<OnnxSession> {
    const { graph, losses } = evaluationLosses(graphSettings(this.#model, this.#layout, this.#settings))
    return this.#model.createSession(graph, new Map([[LOSSES, losses]]), { inBlocks: true })
  }
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0)

/**
 * What a run takes of memory, estimated: the weights twice where it evaluates (a session each), every intermediate value that
 * a plan keeps, and the scores of attention, which ONNX Runtime holds for the backward pass.
 */
export function planOnnxTraining(model: OnnxModel, settings: TrainingStepSettings): PlanReport {
  const layout = new AdapterLayout(targetedModules(model.model.linearModules, settings.lora), settings.lora.rank)
  const { graph, losses, gradients } = gradientGraph({ ...graphSettings(model, layout, settings), batch: settings.layout })
  const { slotBytes, inputBytes } = planMemory(makePlan(graph, [losses, ...gradients], UNLIMITED))
  const scores = graph.nodes.reduce((bytes, { op, attributes, inputs }) => {
    if (op.name !== attention.name) return bytes
    return bytes + 4 * inputs[0]!.shape[0]! * (attributes as AttentionAttributes).heads * (settings.layout.longest ?? settings.layout.rowLength)
  }, 0)
  const weightBytes = 2 * model.weightBytes
  const adapterBytes = 4 * layout.size
  const optimizerBytes = 2 * adapterBytes
  const activationBytes = slotBytes + inputBytes + scores
  return { weightBytes, adapterBytes, optimizerBytes, activationBytes, totalBytes: weightBytes + adapterBytes + optimizerBytes + activationBytes, buffers: 0, dispatches: 0 }
}

/** No kernel is ever made by this plan: only the places of values count. */
const UNLIMITED: DeviceTraits = {
  rowLanes: 1, matmulTiles: 'registers', maxMatmulTerms: 2, maxBindingBytes: 2 ** 40, maxStorageBuffers: 8,
  maxWorkgroupsPerDimension: 65_535, maxDispatchFlops: Infinity,
}
