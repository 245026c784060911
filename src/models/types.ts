/** What a model family is to the rest: sizes, the checkpoint tensors it needs, the layers LoRA can sit on, and its graph. */
import type { Graph, Value } from '../engine/graph.ts'

export interface LinearModule {
  /** PEFT's name: "model.layers.0.self_attn.q_proj". */
  readonly module: string
  readonly inFeatures: number
  readonly outFeatures: number
  /** Its weight is stored as [in, out], as GPT-2's Conv1D; PEFT's `fan_in_fan_out`. Otherwise as [out, in]. */
  readonly fanInFanOut?: boolean
}

/** The shape of a layer's weight, as stored. */
export const weightShape = ({ inFeatures, outFeatures, fanInFanOut }: LinearModule): readonly number[] =>
  fanInFanOut ? [inFeatures, outFeatures] : [outFeatures, inFeatures]

export interface CheckpointTensor {
  readonly name: string
  readonly shape: readonly number[]
}

/** LoRA on one linear layer, as graph values: y += alpha · strength · (dropout(x)·aᵀ)·bᵀ. */
export interface LoraValues {
  readonly a: Value
  readonly b: Value
  /** α/r or α/√r. */
  readonly alpha: number
  /** [1], multiplies alpha when the graph runs. */
  readonly strength?: Value | undefined
  readonly dropout?: { readonly probability: number; readonly stream: number; readonly key: Value } | undefined
}

/** How a graph reads weights: as declared by the checkpoint's dtype, and with LoRA where it is placed. */
export interface ParameterSource {
  weight(name: string, shape: readonly number[]): Value
  lora(module: string): LoraValues | undefined
}

/** Rows of the last layer that are wanted: only they go through its query, output projection and MLP. */
export interface OutputRows {
  /** u32 [M] into the N tokens. */
  readonly rows: Value
  /** u32 [N] into M, or NO_ROW. */
  readonly inverse: Value
  /** u32 [M]. */
  readonly positions: Value
  /** u32 [M, 2]. */
  readonly keyRange: Value
  /** u32 [N, 2] into M. */
  readonly queryRange: Value
}

/** Keys and values of the tokens of earlier runs, by layer. */
export interface KeyValueCache {
  /**
   * All rows there are, with those of this run's tokens [N, heads · D] among them, as `keyRange` counts them. Asked for the
   * keys of a layer, then for its values, layer by layer.
   */
  extend(graph: Graph, name: string, rows: Value, heads: number): Value
}

export interface ForwardInputs {
  /** u32 [N]. */
  readonly tokens: Value
  /** u32 [N]: position of each token in its own example. */
  readonly positions: Value
  /** u32 [N, 2]: rows of keys each token sees. */
  readonly keyRange: Value
  /** u32 [N, 2]: rows of queries that see each token; needed for gradients. */
  readonly queryRange?: Value | undefined
  readonly outputRows?: OutputRows | undefined
  readonly cache?: KeyValueCache | undefined
}

export interface LanguageModel {
  readonly family: string
  readonly vocabularySize: number
  readonly contextLength: number
  readonly hiddenSize: number
  readonly layers: number
  readonly linearModules: readonly LinearModule[]
  /** Tensors the checkpoint must hold; any of `optional` may be missing or present without being used. */
  readonly tensors: readonly CheckpointTensor[]
  /** Tables the graph reads as weights that no checkpoint holds, by name. */
  constants(): ReadonlyMap<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>
  /** Normalised hidden states of the wanted rows [M, d] (all N without `outputRows`), and the vocabulary matrix [V, d]. */
  forward(graph: Graph, parameters: ParameterSource, inputs: ForwardInputs): { hidden: Value; vocabulary: Value }
}
