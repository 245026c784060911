/**
 * What is kept: adapters with their receipts, runs with their checkpoints. `Settings` is the training layer's own type;
 * storage writes it as JSON and hands back what it wrote.
 */
import type { AdapterReceipt, BaseModelIdentity, LoraAdapter, RateChange } from '../adapters/types.ts'
import type { HomespunError } from '../errors.ts'

/** What a person writes on an adapter for themselves. */
export interface Annotation {
  note: string
  tags: string[]
}

/** An adapter on the shelf, without its weights. */
export interface StoredAdapter<Settings> extends AdapterReceipt<Settings>, Annotation {
  id: string
  /** Of its weights. */
  bytes: number
  imported: boolean
}

/** What a run is, from its first step to its last. */
export interface RunDescription<Settings> {
  run: string
  /** The name its adapter will have. */
  name: string
  /** ISO 8601. */
  startedAt: string
  base: BaseModelIdentity
  weights?: AdapterReceipt['weights']
  settings: Settings
  template: AdapterReceipt['template']
  dataset: AdapterReceipt['dataset']
  planted?: AdapterReceipt['planted']
  begunWith?: AdapterReceipt['begunWith']
  /** The options that say of the file what it does not say itself, as the terminal was given them. */
  read?: { columns?: string; encoding?: string }
  /** How the dataset was split; needed to read it in the same way again. */
  split: { validationFraction: number; seed: number; by?: 'file' | 'group' | 'row' }
  /** Steps the run will take in all. */
  steps: number
  /** What the model is asked on the way, as the person wrote it. */
  probes?: readonly string[]
}

/** Everything a run needs to go on at a step boundary (the same as a run's state in src/train). */
export interface Checkpoint {
  /** Optimizer steps done. */
  step: number
  seed: number
  adapter: LoraAdapter
  /** AdamW's moments, flat, in the order of the adapter's tensors; `step` counts applied updates. */
  optimizer: { step: number; firstMoment: Float32Array; secondMoment: Float32Array }
  best: { step: number; loss: number; adapter: LoraAdapter } | undefined
  /** Evaluations since the best one. */
  misses: number
  skippedTotal: number
  activeSeconds: number
  /** Of the peak learning rate, in order. */
  rateChanges: RateChange[]
  trainingLosses: [step: number, loss: number][]
  validationLosses: [step: number, loss: number][]
}

/** A run that was begun and neither finished nor discarded, as of its latest checkpoint; without its weights. */
export interface StoredRun<Settings> extends RunDescription<Settings> {
  step: number
  /** ISO 8601. */
  savedAt: string
  trainingLosses: [step: number, loss: number][]
  validationLosses: [step: number, loss: number][]
}

/** A dataset that a person keeps, without its rows. */
export interface StoredDataset {
  id: string
  name: string
  /** Of the rows as they were read; they are kept under it. */
  hash: string
  /** Where they are from, in words: a file's name, "pasted", "typed". */
  origin: string
  /** ISO 8601. */
  savedAt: string
  examples: number
  /** Things done to it since. */
  edits: number
}

/** What could be listed, and why the rest could not. */
export interface Listing<Entry> {
  entries: Entry[]
  problems: HomespunError[]
}
