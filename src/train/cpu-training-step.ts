/** A training step whose engine only gives losses and gradients: the adapter and AdamW stay on the CPU. */
import type { LoraAdapter } from '../adapters/types.ts'
import { inBlocks, type BlockedBatch } from '../data/batch/in-blocks.ts'
import type { BatchLayout, MicroBatch } from '../data/types.ts'
import { dropoutMask } from '../engine/dropout-mask.ts'
import type { DropoutAttributes } from '../engine/ops/dropout.ts'
import { HomespunError } from '../errors.ts'
import type { LanguageModel } from '../models/types.ts'
import type { AdapterLayout } from '../runtime/adapter-layout.ts'
import type { PlannedModel } from '../runtime/weight-dtype.ts'
import { batchFeeds } from './batch-feeds.ts'
import { CpuOptimizer } from './cpu-optimizer.ts'
import { checkTokens, type TrainingStepSettings } from './step-settings.ts'
import type { TrainingGraphSettings } from './training-graph.ts'
import type { OptimizerState, PlanReport, StepMetrics, TrainingStep } from './types.ts'

/** A micro-batch laid out in rows, as an engine takes it. */
export interface StepInputs {
  /** By the names of the training graph's inputs. */
  readonly feeds: ReturnType<typeof batchFeeds>
  /** Rows of the batch: no token sees one of another. */
  readonly blocks: number
  /** Flat, in the order of the layout; not to be kept, for the next update changes it. */
  readonly adapter: Float32Array<ArrayBuffer>
  /** The mask of one use of dropout on a value that has `shape` in the graph. */
  readonly mask: (attributes: DropoutAttributes, shape: readonly number[]) => { data: Float32Array<ArrayBuffer>; shape: [rows: number, width: number] }
}

/** What an engine has to do of a step. */
export interface StepEngine {
  /** The sum of the losses, and its gradient added to `gradient`, which is flat. */
  addGradient(inputs: StepInputs, gradient: Float32Array<ArrayBuffer>): Promise<number>
  /** The sum of the losses without dropout. */
  evaluate(inputs: StepInputs): Promise<number>
  destroy(): void
}

/**
 * Sizes only stand for any others here, but for what decides how large a part of the logits is made at a time. Rows, targets and
 * sources differ in number, so that it shows which of them a dropout mask is for.
 */
function openBatch({ targetCapacity, sourceLength }: BatchLayout): BatchLayout {
  const layout = { rows: 1, rowLength: targetCapacity + 1, targetCapacity }
  return sourceLength === undefined ? layout : { ...layout, sourceLength: targetCapacity + 2 }
}

export function openGraphSettings(model: PlannedModel, layout: AdapterLayout, { lora, layout: batch }: TrainingStepSettings): TrainingGraphSettings {
  return {
    model: model.model,
    parameters: (graph, of) => model.parameters(graph, of),
    lora, layout, activationCheckpointing: false,
    batch: openBatch(batch),
  }
}

export interface CpuStepParts {
  readonly model: LanguageModel
  readonly layout: AdapterLayout
  readonly settings: TrainingStepSettings
  readonly report: PlanReport
  readonly engine: StepEngine
}

export class CpuTrainingStep implements TrainingStep {
  readonly report: PlanReport
  readonly #parts: CpuStepParts
  readonly #optimizer: CpuOptimizer
  #adapter: Float32Array<ArrayBuffer>
  /** Steps run one after another: each needs the adapter that the one before it made. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: CpuStepParts, adapter: LoraAdapter) {
    this.#parts = parts
    this.report = parts.report
    this.#adapter = parts.layout.flatten(adapter)
    this.#optimizer = new CpuOptimizer(parts.layout.size, parts.settings.optimizer)
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
      const lossSum = await this.#parts.engine.evaluate(this.#inputs(inBlocks(microBatch), 1, [0, 0]))
      return { lossSum, weightSum: microBatch.weightSum }
    })
  }

  readAdapter(): Promise<LoraAdapter> {
    return this.#inTurn(async () => this.#unflatten(this.#adapter))
  }

  /** The gradient of so many micro-batches as an adapter of gradients: for comparison with other implementations. */
  readGradient(microBatches: readonly MicroBatch[]): Promise<LoraAdapter> {
    return this.#inTurn(async () => this.#unflatten((await this.#gather(microBatches, 0)).gradient))
  }

  readOptimizer(): Promise<OptimizerState> {
    const { layout } = this.#parts
    return this.#inTurn(async () => {
      const { step, firstMoment, secondMoment } = this.#optimizer.read()
      return { step, firstMoment: layout.pack(firstMoment), secondMoment: layout.pack(secondMoment) }
    })
  }

  writeAdapter(adapter: LoraAdapter): void {
    this.#adapter = this.#parts.layout.flatten(adapter)
  }

  writeOptimizer({ step, firstMoment, secondMoment }: OptimizerState): void {
    const { layout } = this.#parts
    this.#optimizer.write({ step, firstMoment: layout.unpack(firstMoment), secondMoment: layout.unpack(secondMoment) })
  }

  destroy(): void {
    this.#parts.engine.destroy()
  }

  #unflatten(flat: Float32Array): LoraAdapter {
    return this.#parts.layout.unflatten(flat, this.#parts.settings.lora)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }

  #check(microBatches: readonly MicroBatch[]): void {
    const { vocabularySize, contextLength } = this.#parts.model
    for (const batch of microBatches) checkTokens(batch, vocabularySize, contextLength)
  }

  /** Mean loss over the targets of all micro-batches, and its gradient over the flat adapter. */
  async #gather(microBatches: readonly MicroBatch[], randomStep: number): Promise<{ loss: number; gradient: Float32Array<ArrayBuffer> }> {
    this.#check(microBatches)
    const weightSum = microBatches.reduce((total, batch) => total + batch.weightSum, 0)
    if (!(weightSum > 0)) throw new HomespunError('no-targets', 'No token of this step is to be learnt.', { fix: 'Leave out examples without an answer.' })
    const { layout, settings, engine } = this.#parts
    const gradient = new Float32Array(layout.size)
    let loss = 0
    for (const [i, microBatch] of microBatches.entries()) {
      const inputs = this.#inputs(inBlocks(microBatch), 1 / weightSum, [settings.seed, randomStep * 0x1000 + i])
      loss += await engine.addGradient(inputs, gradient)
    }
    return { loss, gradient }
  }

  #inputs({ batch, origin, targetOrigin, sourceOrigin }: BlockedBatch, weightScale: number, key: readonly [number, number]): StepInputs {
    return {
      feeds: batchFeeds(batch, weightScale, this.#parts.model.window),
      blocks: batch.layout.rows,
      adapter: this.#adapter,
      // The bits that the flat batch would have, wherever its tokens and targets lie now.
      mask: (attributes, [graphRows, width]) => {
        const { targetCapacity, rowLength } = openBatch(this.#parts.settings.layout)
        const rows = graphRows === targetCapacity ? targetOrigin : graphRows === rowLength ? origin : sourceOrigin
        return { data: dropoutMask(key, rows, width!, attributes), shape: [rows.length, width!] }
      },
    }
  }
}
