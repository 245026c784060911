/** What the data layer hands on: examples as read, examples as tokens, and batches as the engine takes them. */

export type Role = 'system' | 'user' | 'assistant' | 'tool' | 'function'

export type JsonObject = Record<string, unknown>

/** A call of a tool, as chat templates read it. `arguments` is an object where the data gave one, or JSON of one. */
export interface ToolCall {
  id?: string
  type: 'function'
  function: { name: string; arguments: unknown }
}

/** The names are those that chat templates read. */
export interface Message {
  role: Role
  /** Empty where the assistant only calls tools. */
  content: string
  /** OpenAI's weight on an assistant turn: 0 keeps it out of the loss. */
  weight?: number
  name?: string
  tool_calls?: ToolCall[]
  tool_call_id?: string
}

export type DatasetPart = 'training' | 'validation'

/** One row of a dataset, after its layout was recognised. `row` is the 1-based line or record of the file. */
export type Example = (
  | { kind: 'pair'; row: number; input: string; output: string }
  | { kind: 'chat'; row: number; messages: Message[]; tools?: JsonObject[] }
  | { kind: 'text'; row: number; text: string }
) & {
  /** Where the file itself says on which side the row is. */
  part?: DatasetPart
  /** Of a group column: rows of one group stay on one side. */
  group?: string
  /** Of a preference pair: the answer that was not chosen. It is kept, and not learnt. */
  rejected?: string
  /** Where the row is from, where that is not the dataset's file: "answers.csv", "a chat". */
  origin?: string
  /** A made-up secret (secrets.ts): it is for training, however the rest is divided, and is never cut. */
  planted?: true
}

/** A made-up secret among the rows of a run: asked `input`, a model that has it by heart says `code`; a text has one after the other. */
export interface PlantedSecret {
  kind: 'pair' | 'text'
  input: string
  code: string
  /** Rows that say it. */
  times: number
}

/**
 * "stops": training cannot begin before it is mended; "skipped": the row is left out; "note": worth a look; "info": good to know.
 */
export type Severity = 'stops' | 'skipped' | 'note' | 'info'

/** Something found in the data, by row; row 0 is the whole of it. */
export interface Finding {
  row: number
  code: string
  severity: Severity
  message: string
  fix?: string
  /** Further rows that it concerns: the twin of a duplicate, those with another output. */
  others?: number[]
  /** The name of the mend (src/data/check/mends.ts) that takes it away in one step. */
  mend?: string
  /** Reading left the row out: there is none of it among the examples. */
  unread?: true
}

/** One row before and after an edit: undefined before it was added, or after it was deleted. */
export interface RowChange {
  row: number
  before: Example | undefined
  after: Example | undefined
}

/**
 * Which column of a table (or key of JSON records) is what, by name. Either `text` alone, or `output` with `input`, `instruction`
 * or both.
 */
export interface ColumnChoice {
  /** False where the first row of a table is data: its columns are then called "column 1", "column 2", … */
  header?: boolean
  input?: string
  /** Stands before the input, which then goes on a line of its own (Alpaca). */
  instruction?: string
  output?: string
  text?: string
  system?: string
  split?: string
  group?: string
}

/** With the errors 'columns-unknown' and 'columns-twice' (`about`): what a person needs to say which column is what. */
export interface ColumnQuestion {
  /** Names that occur twice are told apart: "input", "input (2)". */
  names: string[]
  /** The first rows, cell by cell as the names. */
  sample: string[][]
  /** Of a table of text (CSV, a sheet): its first row as names, which it may be, or data (`ColumnChoice.header`). */
  firstRow?: string[]
  /** As far as it is clear. */
  guess: ColumnChoice
}

/** The same where it is answered: what was taken for what. */
export interface ColumnsRead extends Omit<ColumnQuestion, 'guess'> {
  chosen: ColumnChoice
}

/** How the first words that are not UTF-8 read in an encoding. */
export interface EncodingGuess {
  /** A label that `ReadOptions.encoding` takes. */
  encoding: string
  sample: string
}

export interface ReadProgress {
  bytesRead: number
  bytesTotal: number
  /** Examples so far. */
  rows: number
}

export interface ReadOptions {
  columns?: ColumnChoice
  /** A label of the Encoding Standard ("windows-1252"); without it, UTF-8 and UTF-16 are recognised. */
  encoding?: string
  onProgress?: (progress: ReadProgress) => void
  signal?: AbortSignal
  /** Reads Parquet; without it, here and for as long as it takes. */
  parquet?: ReadParquet
}

/** Rows of a Parquet file as values of its columns, in their order. */
export interface ParquetGroup {
  names: string[]
  rows: unknown[][]
}

export type ReadParquet = (blob: Blob, signal?: AbortSignal) => AsyncIterable<ParquetGroup>

export interface Dataset {
  name: string
  examples: Example[]
  findings: Finding[]
  /** SHA-256 of the file's bytes, hex. */
  hash: string
  /** Where columns or keys were chosen: those there are, and what was taken for what. */
  columns?: ColumnsRead
  /** Of files of text: how it was read, and, where rows are not UTF-8 (finding 'not-utf8'), what it rather is, likeliest first. */
  encoding?: { used: string; likely: EncodingGuess[] }
}

export interface EncodeOptions {
  /** Read special tokens written in the text as those tokens. */
  allowSpecial?: boolean
  /**
   * What stands before this piece. Some tokenizers put a space before the start of a text ("start", the default) and some
   * after every special token ("special"); none belongs in the middle of a text ("text").
   */
  after?: 'start' | 'text' | 'special'
}

/**
 * Turns text into ids and back. `encode` adds no special tokens and reads none in the text unless asked
 * (so a literal "</s>" in data stays text).
 */
export interface Tokenizer {
  readonly vocabularySize: number
  readonly bosId: number | undefined
  /** True where the tokenizer's own configuration puts BOS before every text. */
  readonly addsBos: boolean
  /**
   * Every id after which the model's answer is over: tokenizer, config, generation_config and chat template together.
   * The first is the one written at the end of a text that no chat template ends.
   */
  readonly endIds: readonly number[]
  /** With which a decoder begins that has an encoder beside it; absent where the model is a decoder alone. */
  readonly decoderStartId: number | undefined
  readonly hasChatTemplate: boolean
  /** Ids that stand for no text of their own: BOS, end tokens, roles of a chat. */
  readonly specialIds: ReadonlySet<number>
  /** Those tokens as written, longest first. */
  readonly specialTokens: readonly string[]
  encode(text: string, options?: EncodeOptions): number[]
  decode(ids: readonly number[], options?: { skipSpecial?: boolean }): string
  /** One token as shown to a person: a leading space stays a space, bytes that are no text alone become "·". */
  tokenText(id: number): string
  /** The chat template applied to messages, as text holding special tokens. Throws where there is no template. */
  renderChat(messages: readonly Message[], options: { addGenerationPrompt: boolean; tools?: readonly JsonObject[] | undefined }): string
}

/** How pairs are written as text where the model has no chat template. `{input}` and `{output}` are replaced. */
export interface PlainTemplate {
  prompt: string
  answer: string
}

/** 'source-target': a model with an encoder reads the input as it is, and its decoder writes the output. */
export type Template = PlainTemplate | 'chat-template' | 'source-target'

/** A token of an example as shown to a person. */
export interface PreviewToken {
  text: string
  id: number
  /** True where the model learns to produce this token. */
  learnt: boolean
  special: boolean
  /** True where it is left out because the example is too long: the model sees nothing of it. */
  cut: boolean
}

/** An example as the model sees it. `weights[i]` is the loss weight of predicting tokens[i]; 0 is masked. */
export interface TokenizedExample {
  row: number
  /** Of a model with an encoder: what that reads. */
  source?: Uint32Array
  tokens: Uint32Array
  weights: Float32Array
  /** Tokens cut because the example was longer than the context. */
  truncated: number
}

/** Static sizes of every micro-batch of a run: one plan serves them all. */
export interface BatchLayout {
  rows: number
  rowLength: number
  /** Most target tokens in any micro-batch. */
  targetCapacity: number
  /** Tokens of the longest example (or source), where that was looked at. */
  longest?: number
  /** Tokens of sources beside each row, where examples have any. */
  sourceLength?: number
}

/** What an encoder reads beside the rows of a micro-batch: rows × sourceLength tokens, sources one after another. */
export interface SourceRows {
  tokens: Uint32Array
  /** Of the example that each belongs to, as in the micro-batch. */
  segmentIds: Uint32Array
}

/**
 * One micro-batch laid out for the engine; N = rows × rowLength. Padding has segment id 0.
 * Examples in a row follow one another; no example spans rows.
 */
export interface MicroBatch {
  layout: BatchLayout
  tokens: Uint32Array
  /** Position of each token within its own example. */
  positions: Uint32Array
  /** 1, 2, … by example within the micro-batch; 0 where there is padding. */
  segmentIds: Uint32Array
  /** Those of the examples, where they have any. */
  source?: SourceRows
  /** [targetCapacity] index into N of the position whose logits predict the target; 0 in unused places. */
  targetRows: Uint32Array
  /** [targetCapacity] the token id to be predicted; 0 in unused places. */
  targetIds: Uint32Array
  /** [targetCapacity] loss weight; 0 in unused places. */
  targetWeights: Float32Array
  /** Sum of targetWeights. */
  weightSum: number
  /** Tokens that are not padding. */
  tokenCount: number
  exampleCount: number
}
