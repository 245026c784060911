/** What the page asks of an answer once it is there, and of adapters as one; part of the service in types.ts. */
import type { PlantedSecret } from '../data/types.ts'
import type { AdapterRecord } from './types.ts'

/** An answer as `generate` gave it, to be looked at token by token. */
export interface InspectRequest {
  /** What the model was given, and what it made of it. */
  promptIds: readonly number[]
  ids: readonly number[]
  /** The adapter that base is compared with, as strongly as it spoke; none where there is no adapter. */
  adapterId: string | undefined
  strength: number
}

export interface AlternativeToken {
  id: number
  text: string
  /** Probability 0…1 in the base: softmax of the logits at temperature 1. */
  base: number
  /** In the base with the adapter. */
  tuned: number | undefined
}

/** A token of an answer. `text` is what it added to the answer: nothing where a character is not whole yet. */
export interface InspectedToken extends AlternativeToken {
  /** As a token alone, special ones as they are written. */
  written: string
  special: boolean
  /** The likeliest at this place, the token itself among them, by the mean of both probabilities. */
  alternatives: AlternativeToken[]
}

/** An adapter as a part of a blend: 1 is as trained, up to 1.5. */
export interface BlendPart {
  adapterId: string
  strength: number
}

/** Rows that the base and the tuned model are measured on, one as the other. */
export interface EvaluationRequest {
  /** Rows of the open data that were set aside, those that were trained on, or all rows of a further file. */
  rows: 'validation' | 'training' | File
  adapterId: string
  strength: number
  /** Of more rows than these a sample is measured, always the same one. */
  most: number
  /** 'recall': only whether the row comes back word for word: an answer to its input, or the second half of a text to its first. */
  what: 'scores' | 'recall'
  /**
   * The base is also measured with so many training rows of the open data in its prompt, as turns before the question: the same ones
   * for every row, as many as fit. Then texts are left out, and losses are of a row's last answer alone.
   */
  examples?: number
}

/** What one model made of a row. */
export interface RowOutcome {
  /** Sum over the row's target tokens; 0 where it was not measured. */
  lossSum: number
  /** Absent where the row asks nothing. */
  said?: string
  /** What it took: tokens that were read first, tokens made, and the time of both. Absent where nothing was asked. */
  asking?: { promptTokens: number; tokens: number; seconds: number }
}

/** The base with examples in its prompt: how many fitted. */
export interface ShownOutcome extends RowOutcome {
  examples: number
}

export interface EvaluatedRow {
  row: number
  kind: 'pair' | 'chat' | 'text'
  input: string
  /** Absent where the row asks nothing. */
  expected?: string
  targets: number
  base: RowOutcome
  tuned: RowOutcome
  /** Absent where no examples were asked for. */
  shown?: ShownOutcome
}

export type EvaluationEvent =
  /** `of`: all rows there are; `skipped`: rows of the sample that this model cannot be given, and why. */
  | { kind: 'started'; rows: number; of: number; skipped: { row: number; message: string }[] }
  /** Of everything there is to do, 0…1. */
  | { kind: 'progress'; share: number }
  | { kind: 'row'; row: EvaluatedRow }

export type { PlantedSecret }

export interface SecretsRequest {
  adapterId: string
  strength: number
}

/** What one model makes of a planted secret. */
export interface SecretOutcome {
  /** Its greedy answer. */
  said: string
  wordForWord: boolean
  /** Of the planted code among all candidates by likelihood; 1 is the likeliest. */
  rank: number
  /** log₂ of the number of candidates, less log₂ of the rank. */
  exposure: number
}

export interface TestedSecret extends PlantedSecret {
  /** Codes there could have been; all of them are scored. */
  candidates: number
  base: SecretOutcome
  tuned: SecretOutcome
}

export type SecretEvent =
  /** Of everything there is to do, 0…1. */
  | { kind: 'progress'; share: number }
  | { kind: 'secret'; secret: TestedSecret }

export interface TryService {
  /**
   * What else could have stood at each place of an answer, from one pass of the base and one of the tuned model. Refused with
   * 'run-in-progress' while training is not paused; throws 'cancelled' after `cancelGeneration`.
   */
  inspectAnswer(request: InspectRequest): Promise<InspectedToken[]>
  /**
   * Base against tuned, row by row: greedy answers, each at most 32 tokens longer than the expected one and 256 in all. Resolves
   * with whether all rows were measured; `cancelGeneration` ends it. Throws 'no-data', 'no-rows', 'run-in-progress', with examples
   * 'few-shot-encoder', 'few-shot-examples' and 'few-shot-none', and what `readDataset` throws.
   */
  evaluateAdapter(request: EvaluationRequest, onEvent: (event: EvaluationEvent) => void): Promise<{ whole: boolean }>
  /**
   * Asks base and tuned for each secret that was planted among the rows of an adapter: word for word, and by exposure. Throws
   * 'no-secrets', 'run-in-progress', and 'cancelled' after `cancelGeneration`.
   */
  testSecrets(request: SecretsRequest, onEvent: (event: SecretEvent) => void): Promise<void>
  /**
   * Lets several adapters of the open model speak as one: returns the id that stands for them in `generate`, `inspectAnswer` and
   * `evaluateAdapter` until the next blend. Throws 'no-model', 'adapter-not-found', 'adapter-other-base', 'blend-empty',
   * 'blend-strength', 'blend-templates', 'blend-rank'.
   */
  blendAdapters(parts: readonly BlendPart[]): Promise<string>
  /** Keeps such a blend on the shelf, with a receipt that says what it is made of. Throws the same, and 'storage-…'. */
  keepBlend(parts: readonly BlendPart[], name: string): Promise<AdapterRecord>
}
