/** The graphs of a training run: a micro-batch (loss and gradients into a flat store), an update, and an evaluation. */
import type { LoraConfig } from '../adapters/types.ts'
import { loraScale } from '../adapters/scale.ts'
import type { BatchLayout } from '../data/types.ts'
import { differentiate } from '../engine/differentiate.ts'
import { Graph, requireShape, type Value } from '../engine/graph.ts'
import { crossEntropy } from '../engine/ops/cross-entropy/index.ts'
import { type MatmulAttributes } from '../engine/ops/matmul/attributes.ts'
import { matmulInto, matmulOp, termsOf } from '../engine/ops/matmul/index.ts'
import { adamW } from '../engine/ops/optimizer/adam-w.ts'
import { addSum } from '../engine/ops/optimizer/add-sum.ts'
import { gradientCheck } from '../engine/ops/optimizer/gradient-check.ts'
import { HYPER, METRICS, STATE, stepControl } from '../engine/ops/optimizer/step-control.ts'
import type { Node } from '../engine/graph.ts'
import type { ForwardInputs, LanguageModel, LoraValues, ParameterSource } from '../models/types.ts'
import type { AdapterLayout } from '../runtime/adapter-layout.ts'
import { adapterVariables } from '../runtime/adapter-variables.ts'
import { withMemory } from '../runtime/source-inputs.ts'

/** Names of the stores that the programs of a run share. */
export const STORES = {
  adapter: 'adapter',
  gradient: 'adapter gradient',
  firstMoment: 'first moment',
  secondMoment: 'second moment',
  state: 'optimizer state',
  metrics: 'metrics',
  evaluation: 'evaluation loss',
} as const

export interface TrainingGraphSettings {
  model: LanguageModel
  parameters: (graph: Graph, lora: (module: string) => LoraValues | undefined) => ParameterSource
  lora: LoraConfig
  layout: AdapterLayout
  batch: BatchLayout
  /** Recompute each layer in the backward pass. */
  activationCheckpointing: boolean
}

/** The inputs of a micro-batch, by the names under which they are written. */
function batchInputs(graph: Graph, { rows, rowLength, targetCapacity }: BatchLayout, window: number | undefined): ForwardInputs {
  const count = rows * rowLength
  const ranges = (prefix: string, queries: number) => ({
    keyRange: graph.input(`${prefix}key range`, [queries, 2], 'u32'),
    queryRange: graph.input(`${prefix}query range`, [count, 2], 'u32'),
  })
  return {
    tokens: graph.input('tokens', [count], 'u32'),
    positions: graph.input('positions', [count], 'u32'),
    ...ranges('', count),
    window: window === undefined ? undefined : ranges('window ', count),
    outputRows: {
      rows: graph.input('target rows', [targetCapacity], 'u32'),
      inverse: graph.input('targets of rows', [count], 'u32'),
      positions: graph.input('target positions', [targetCapacity], 'u32'),
      ...ranges('target ', targetCapacity),
      window: window === undefined ? undefined : ranges('target window ', targetCapacity),
    },
  }
}

/** Losses of each target [M] with LoRA in place; dropout only where asked. */
function lossGraph(graph: Graph, settings: TrainingGraphSettings, withDropout: boolean) {
  const { model, lora, layout, batch } = settings
  const adapters = adapterVariables(graph, layout, STORES.adapter, `${STORES.adapter}: `)
  const streams = new Map(layout.slots.map(({ module }, i) => [module, i]))
  const alpha = loraScale(lora)
  const values = (module: string): LoraValues | undefined => {
    const pair = adapters.get(module)
    if (!pair) return undefined
    const dropout =
      withDropout && lora.dropout > 0 ? { probability: lora.dropout, stream: streams.get(module)!, key: graph.input('random key', [2], 'u32') } : undefined
    return { ...pair, alpha, dropout }
  }
  const parameters = settings.parameters(graph, values)
  const inputs = withMemory(graph, model, parameters, batchInputs(graph, batch, model.window), batch.rows * (batch.sourceLength ?? 0))
  const { hidden, vocabulary, softcap } = model.forward(graph, parameters, inputs)
  const targets = graph.input('target ids', [batch.targetCapacity], 'u32')
  const weights = graph.input('target weights', [batch.targetCapacity], 'f32')
  const losses = graph.inScope('loss', () => graph.apply(crossEntropy, [hidden, vocabulary, targets, weights], { softcap }, 'losses')[0]!)
  return { losses, adapters }
}

export interface LossGraph {
  graph: Graph
  /** Losses [M] of one micro-batch. */
  losses: Value
  /** For each slot of the layout A and B. */
  variables: Value[]
}

function lossesOf(settings: TrainingGraphSettings, withDropout: boolean): LossGraph {
  const graph = new Graph()
  const { losses, adapters } = lossGraph(graph, settings, withDropout)
  return { graph, losses, variables: settings.layout.slots.flatMap(({ module }) => [adapters.get(module)!.a, adapters.get(module)!.b]) }
}

/** The forward pass of a micro-batch, with dropout where it is asked for: for engines that differentiate by themselves. */
export const trainingLosses = (settings: TrainingGraphSettings): LossGraph => lossesOf(settings, true)

/** The same without dropout. */
export const evaluationLosses = (settings: TrainingGraphSettings): LossGraph => lossesOf(settings, false)

/** Losses [M] of one micro-batch, and the gradients of their sum: for each slot of the layout those of A and of B. */
export function gradientGraph(settings: TrainingGraphSettings): { graph: Graph; losses: Value; gradients: Value[] } {
  const { graph, losses, variables } = trainingLosses(settings)
  const recompute = settings.activationCheckpointing ? (scope: string) => /\blayer \d+$/.test(scope) : () => false
  return { graph, losses, gradients: differentiate(graph, losses, variables, { recompute }) }
}

/** Loss and gradients of one micro-batch, added to what the step has gathered. */
export function microBatchGraph(settings: TrainingGraphSettings): Graph {
  const { graph, losses, gradients } = gradientGraph(settings)
  graph.apply(addSum, [graph.variable('loss sum', [1], STORES.metrics, METRICS.lossSum), losses], {})
  const stores = adapterVariables(graph, settings.layout, STORES.gradient, `${STORES.gradient}: `)
  settings.layout.slots.forEach(({ module }, i) => {
    addToStore(graph, stores.get(module)!.a, gradients[2 * i]!)
    addToStore(graph, stores.get(module)!.b, gradients[2 * i + 1]!)
  })
  return graph
}

/** Redirects the product behind a gradient into the store, in place of a value of its own. */
function addToStore(graph: Graph, store: Value, gradient: Value): void {
  requireShape(gradient.node?.op.name === matmulOp.name, gradient.name, 'the gradient of an adapter tensor is a product')
  const node = gradient.node as Node<MatmulAttributes>
  graph.inScope(node.scope, () => matmulInto(graph, store, termsOf(node)))
}

/** Norm, clipping, the check for numbers that are not finite, and AdamW over the flat stores. */
export function updateGraph(layout: AdapterLayout): Graph {
  const graph = new Graph()
  const flat = (store: string) => graph.variable(`${store} (flat)`, [layout.size], store)
  const gradient = flat(STORES.gradient)
  const hyper = graph.input('hyperparameters', [HYPER.size], 'f32')
  const state = graph.variable('state', [STATE.size], STORES.state)
  const metrics = graph.variable('metrics', [METRICS.size], STORES.metrics)
  const parts = graph.applyOne(gradientCheck, [gradient], {})
  const control = graph.applyOne(stepControl, [parts, hyper, state, metrics], {})
  graph.apply(adamW, [flat(STORES.adapter), gradient, flat(STORES.firstMoment), flat(STORES.secondMoment), control, hyper], {})
  return graph
}

/** Their sum, added to a store. */
export function evaluationGraph(settings: TrainingGraphSettings): Graph {
  const { graph, losses } = evaluationLosses(settings)
  graph.apply(addSum, [graph.variable('evaluation', [1], STORES.evaluation), losses], {})
  return graph
}
