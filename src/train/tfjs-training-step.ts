/** A LoRA training step on TensorFlow.js: its own autograd over the graph's losses, AdamW on the CPU. */
import type { LoraAdapter } from '../adapters/types.ts'
import { elementCount, type Graph, type Value } from '../engine/graph.ts'
import type { AttentionAttributes } from '../engine/ops/attention/attributes.ts'
import { attention } from '../engine/ops/attention/index.ts'
import { crossEntropy } from '../engine/ops/cross-entropy/index.ts'
import type { Tensor } from '../engine/tfjs/context.ts'
import { readTensors } from '../engine/tfjs/run.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import { widenedBytes } from '../runtime/locate-tensors.ts'
import type { TfjsModel } from '../runtime/tfjs-model.ts'
import type { PlannedModel } from '../runtime/weight-dtype.ts'
import { CpuTrainingStep, openGraphSettings, type StepEngine, type StepInputs } from './cpu-training-step.ts'
import type { TrainingStepSettings } from './step-settings.ts'
import { evaluationLosses, gradientGraph, trainingLosses, type LossGraph } from './training-graph.ts'
import type { PlanReport } from './types.ts'

/** A step that starts at `adapter`. Throws 'lora-targets', 'adapter-mismatch'. */
export function createTfjsTrainingStep(model: TfjsModel, adapter: LoraAdapter, settings: TrainingStepSettings): CpuTrainingStep {
  const layout = new AdapterLayout(targetedModules(model.model.linearModules, settings.lora), settings.lora.rank)
  const graphSettings = openGraphSettings(model, layout, settings)
  const engine = new TfjsStep(model, layout, trainingLosses(graphSettings), evaluationLosses(graphSettings))
  return new CpuTrainingStep({ model: model.model, layout, settings, report: planTfjsTraining(model, settings), engine }, adapter)
}

class TfjsStep implements StepEngine {
  readonly #model: TfjsModel
  readonly #layout: AdapterLayout
  readonly #training: LossGraph
  readonly #evaluation: LossGraph

  constructor(model: TfjsModel, layout: AdapterLayout, training: LossGraph, evaluation: LossGraph) {
    this.#model = model
    this.#layout = layout
    this.#training = training
    this.#evaluation = evaluation
  }

  async addGradient(inputs: StepInputs, gradient: Float32Array<ArrayBuffer>): Promise<number> {
    const { tf } = this.#model
    const [loss, packed] = await readTensors(tf, () => {
      const { value, grad } = tf.valueAndGrad((adapter: Tensor) => this.#loss(this.#training, inputs, adapter))(this.#pack(inputs))
      return [value, grad]
    })
    this.#layout.unpack(packed!).forEach((g, i) => (gradient[i]! += g))
    return loss![0]!
  }

  async evaluate(inputs: StepInputs): Promise<number> {
    const [loss] = await readTensors(this.#model.tf, () => [this.#loss(this.#evaluation, inputs, this.#pack(inputs))])
    return loss![0]!
  }

  destroy(): void {
    // Between two steps nothing of it lies on the backend.
  }

  #pack({ adapter }: StepInputs): Tensor {
    return this.#model.tf.tensor1d(this.#layout.pack(adapter))
  }

  /** The sum of the losses with this adapter, all tensors of which lie one after another in one. */
  #loss({ graph, losses, variables }: LossGraph, { feeds, blocks, mask }: StepInputs, adapter: Tensor): Tensor {
    const { tf } = this.#model
    const pieces = tf.split(adapter, variables.map(({ shape }) => elementCount(shape)))
    const given = new Map(variables.map(({ name, shape }, i) => [name, tf.reshape(pieces[i]!, [...shape])]))
    const maskOf: NonNullable<Parameters<TfjsModel['interpret']>[2]['mask']> = (attributes, { shape }) => {
      const made = mask(attributes, shape)
      return tf.tensor2d(made.data, made.shape)
    }
    return tf.sum(this.#model.interpret(graph, [losses], { feeds, given, blocks, mask: maskOf })[0]!)
  }
}

/**
 * What a run takes of memory, estimated: autograd keeps every value of the forward pass, and takes about as much again for the
 * gradients; attention keeps its scores and what the softmax makes of them, the loss as much of the logits.
 */
export function planTfjsTraining(model: PlannedModel, settings: TrainingStepSettings): PlanReport {
  const layout = new AdapterLayout(targetedModules(model.model.linearModules, settings.lora), settings.lora.rank)
  const { graph } = gradientGraph({ ...openGraphSettings(model, layout, settings), batch: settings.layout })
  const activationBytes = 4 * (keptNumbers(graph) + hiddenNumbers(graph, settings.layout.longest ?? settings.layout.rowLength))
  const weightBytes = widenedBytes(model.model)
  const adapterBytes = 4 * layout.size
  const optimizerBytes = 2 * adapterBytes
  return { weightBytes, adapterBytes, optimizerBytes, activationBytes, totalBytes: weightBytes + adapterBytes + optimizerBytes + activationBytes, largestBytes: 0, buffers: 0, dispatches: 0 }
}

const total = (values: readonly Value[]) => values.reduce((count, { shape }) => count + elementCount(shape), 0)

const keptNumbers = (graph: Graph) => total(graph.nodes.flatMap(({ outputs }) => outputs))

/** Of scores and logits, which no value of the graph holds: themselves, three forms of them, and their gradient. */
function hiddenNumbers(graph: Graph, keys: number): number {
  return graph.nodes.reduce((count, { op, attributes, inputs }) => {
    const rows = inputs[0]?.shape[0] ?? 0
    if (op.name === attention.name) return count + 5 * rows * (attributes as AttentionAttributes).heads * keys
    return op.name === crossEntropy.name ? count + 5 * rows * inputs[1]!.shape[0]! : count
  }, 0)
}
