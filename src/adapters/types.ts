/** A LoRA adapter as data: what training makes, storage keeps and the formats read and write. */
import type { LinearModule } from '../models/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'

export type { LinearModule }

export interface LoraConfig {
  rank: number
  alpha: number
  dropout: number
  /** α/√r in place of α/r. */
  useRsLora: boolean
  /** Module name endings, as PEFT lists them: "q_proj", "down_proj". */
  targetModules: string[]
}

/** y += scale · (x · Aᵀ) · Bᵀ on the linear layer `module` ("model.layers.0.self_attn.q_proj"). */
export interface LoraPair extends LinearModule {
  /** [rank, inFeatures], row-major. */
  a: Float32Array
  /** [outFeatures, rank], row-major. */
  b: Float32Array
}

export interface LoraAdapter {
  config: LoraConfig
  pairs: LoraPair[]
}

/** The base model an adapter belongs to. `hash` covers its config and its weights' headers. */
export interface BaseModelIdentity {
  name: string
  hash: string
}

/** A file of an adapter's folder; `path` is relative, with "/" between its parts. */
export interface FolderFile {
  path: string
  bytes: Uint8Array<ArrayBuffer>
}

/** An adapter that another was made from, as it was then. */
export interface EarlierAdapter {
  name: string
  /** SHA-256 of its adapter_model.safetensors, as its own export has it. */
  weightsHash: string
  dataset: AdapterReceipt['dataset']
}

/** One that a blend is made of. */
export interface BlendedAdapter extends EarlierAdapter {
  /** 1 is as trained. */
  strength: number
}

/** What computed: `device` as a person would name it, "Apple M2" or "processor, 4 threads". */
export interface EngineUsed {
  kind: 'webgpu' | 'onnx' | 'tfjs'
  device: string
}

/** How the rows were divided, and what there was to learn in them. */
export interface RowsUsed {
  /** Rows with something to learn, and rows kept aside. */
  training: number
  validation: number
  /** 'file': as the data itself says, by a column or as a file of its own. */
  by: 'file' | 'group' | 'row'
  /** Of the choice of rows, where the data did not say. */
  seed: number
  /** Tokens that the model learnt to write, over the training rows. */
  targetTokens: number
  /** What the rows are: texts are learnt without a template. Absent in receipts of before. */
  layout?: 'pairs' | 'chat' | 'text' | 'mixed'
}

/** What one model made of rows: how many answers are the expected one, or hold it. */
export interface Measured {
  /** Mean over all target tokens, in nats; absent where there are none. */
  loss?: number | undefined
  exact: number
  contains: number
}

/** A test of an adapter beside its base. */
export interface Score {
  /** ISO 8601. */
  measuredAt: string
  /** The rows are known by their SHA-256; `part` where it was one side of them. */
  data: { name: string; hash: string; part?: 'training' | 'validation' | undefined }
  /** Rows that were measured, and all there were. */
  rows: number
  of: number
  /** Rows that ask something. */
  asked: number
  targets: number
  /** 1 is as trained. */
  strength: number
  base: Measured
  tuned: Measured
  /** The base with so many examples in its prompt. */
  shown?: (Measured & { examples: number }) | undefined
}

/** A peak learning rate that a person gave a run while it waited after `step`; every update from there on follows it. */
export interface RateChange {
  step: number
  from: number
  to: number
}

/**
 * Where an adapter came from. It travels with it, in storage and in exported zips. `Settings` is the training
 * layer's own type, plain JSON here: what was read from a file is `unknown` until that layer has checked it.
 */
export interface AdapterReceipt<Settings = unknown> {
  name: string
  /** ISO 8601. */
  createdAt: string
  base: BaseModelIdentity
  /** The base it learnt on, where a person put it on another of the same shapes; absent where that is `base`. */
  trainedOn?: BaseModelIdentity | undefined
  /** How the base's matrices were kept while it was trained; absent where that was not written down. */
  weights?: WeightDtype | undefined
  settings: Settings
  /** Of the peak learning rate on the way, in order; absent where there were none. */
  rateChanges?: RateChange[] | undefined
  template: { prompt: string; answer: string } | 'chat-template' | 'source-target'
  dataset: { name: string; hash: string; examples: number }
  /** Made-up secrets among the rows it learnt from, and the number of rows that say each; absent where there were none. */
  planted?: readonly { kind: 'pair' | 'text'; input: string; code: string; times: number }[] | undefined
  /** The next three are absent where they were not written down. */
  split?: RowsUsed | undefined
  /** The one that its run ended on. */
  engine?: EngineUsed | undefined
  /** Tests of it, the latest last. */
  scores?: readonly Score[] | undefined
  /** What its training went on from; absent where it began with nothing. */
  begunWith?: EarlierAdapter | undefined
  /** What it was blended of; absent where it was trained. */
  blend?: readonly BlendedAdapter[] | undefined
  steps: number
  seconds: number
  trainingLosses: [step: number, loss: number][]
  validationLosses: [step: number, loss: number][]
  /** What made it: "homespun 0.1.0". */
  software: string
}
