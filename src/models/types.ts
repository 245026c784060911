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
  /** Other names under which a checkpoint may have it. */
  readonly aliases?: readonly string[]
}

/** Names of the tensors that a checkpoint has. */
export interface StoredNames {
  has(name: string): boolean
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

/** What attention goes through. */
export interface Ranges {
  /** u32 [queries, 2]: rows of keys each query sees. */
  readonly keyRange: Value
  /** u32 [keys, 2]: rows of queries that see each key; needed for gradients. */
  readonly queryRange?: Value | undefined
}

/** Rows of the last layer that are wanted: only they go through its query, output projection and MLP. */
export interface OutputRows extends Ranges {
  /** u32 [M] into the N tokens. */
  readonly rows: Value
  /** u32 [N] into M, or NO_ROW. */
  readonly inverse: Value
  /** u32 [M]. */
  readonly positions: Value
  /** Of the M rows, within the model's window. */
  readonly window?: Ranges | undefined
  /** Of the M rows, over those of the memory. */
  readonly memory?: Ranges | undefined
}

/** Keys and values of the tokens of earlier runs, by layer. */
export interface KeyValueCache {
  /**
   * All rows there are, with those of this run's tokens [N, heads · D] among them, as `keyRange` counts them. Asked for the
   * keys of a layer, then for its values, layer by layer.
   */
  extend(graph: Graph, name: string, rows: Value, heads: number): Value
}

/** What an encoder reads: each token sees all of its own source. u32 [S] and ranges over its rows. */
export interface SourceInputs extends Ranges {
  readonly tokens: Value
}

/** What the encoder made of sources, as the decoder sees it; the ranges are over the rows of the sources. */
export interface Memory extends Ranges {
  /** Keys or values [S, width], by the name that `encode` gave them. */
  rows(name: string, width: number): Value
}

/** The part of a model that reads a source before its decoder writes. */
export interface Encoder {
  /** With which every answer begins, before anything is written. */
  readonly startToken: number
  /** The keys and values that the decoder's layers attend to [S, width], by name. */
  encode(graph: Graph, parameters: ParameterSource, source: SourceInputs): ReadonlyMap<string, Value>
}

/** The ranges are those of layers that see all earlier tokens. */
export interface ForwardInputs extends Ranges {
  /** u32 [N]. */
  readonly tokens: Value
  /** u32 [N]: position of each token in its own example. */
  readonly positions: Value
  /** Those of layers that see the model's window alone, where it has one. */
  readonly window?: Ranges | undefined
  /** Where the model has an encoder. */
  readonly memory?: Memory | undefined
  readonly outputRows?: OutputRows | undefined
  readonly cache?: KeyValueCache | undefined
}

export interface ForwardOutputs {
  /** Normalised hidden states of the wanted rows [M, d]; of all N without `outputRows`. */
  readonly hidden: Value
  /** [V, d]: its products with them are the logits. */
  readonly vocabulary: Value
  /** What bounds the logits: each becomes softcap · tanh(logit / softcap). */
  readonly softcap?: number | undefined
}

export interface LanguageModel {
  readonly family: string
  readonly vocabularySize: number
  readonly contextLength: number
  readonly hiddenSize: number
  readonly layers: number
  /** How many tokens, itself among them, a token sees in layers that do not see all earlier ones; absent where there are none. */
  readonly window?: number | undefined
  /**
   * How much config.json says to drop at random in training, where it does. That belongs to the base's own making and is left
   * out: the adapter has a dropout of its own.
   */
  readonly ownDropout?: number
  readonly linearModules: readonly LinearModule[]
  /** Tensors the checkpoint must hold; any of `optional` may be missing or present without being used. */
  readonly tensors: readonly CheckpointTensor[]
  /** Tables the graph reads as weights that no checkpoint holds, by name. */
  constants(): ReadonlyMap<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>
  /** Where there is one, `forward` is the decoder, and needs a memory. */
  readonly encoder?: Encoder | undefined
  forward(graph: Graph, parameters: ParameterSource, inputs: ForwardInputs): ForwardOutputs
}
