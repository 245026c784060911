/** What the page asks of the dataset that is open; part of the service in types.ts. All of it is plain, cloneable data. */
import type { ChatTurns } from '../data/edit/fields.ts'
import type { Lengths } from '../data/lengths.ts'
import type { DocumentRow, DocumentWay } from '../data/make/document.ts'
import type { SplitBy, SplitSettings } from '../data/split.ts'
import type { ColumnChoice, ColumnsRead, EncodingGuess, Finding, PlainTemplate, PreviewToken, ReadProgress, Template } from '../data/types.ts'
import type { StoredDataset } from '../storage/types.ts'
import type { TrainingSettings } from '../train/types.ts'
import type { EngineKind } from './types.ts'

export interface DatasetSummary {
  name: string
  hash: string
  layout: 'pairs' | 'chat' | 'text' | 'mixed'
  examples: number
  training: number
  validation: number
  /** Ways that the rows can be divided, and the one in use. */
  splits: SplitBy[]
  splitSettings: SplitSettings
  findings: Finding[]
  /** Of examples in tokens, rendered with the current template; absent until they were counted with a model. */
  lengths: Lengths | undefined
  /** Tokens that the model learns to write, over all rows; absent like the lengths. */
  targetTokens: number | undefined
  tooLong: number
  template: Template
  /** Columns of a table and which is what; absent where the file's layout says it. */
  columns?: ColumnsRead
  /** How the text was read, and, where some of it is no such text, what it rather is. */
  encoding?: { used: string; likely: EncodingGuess[] }
}

/** A dataset together with what was done to it. */
export interface DataState {
  summary: DatasetSummary
  /** What undo and redo would take back or do again, in words. */
  undoes: string | undefined
  redoes: string | undefined
  /** Rows changed, added or deleted since it was read. */
  edits: number
  /** Codes of findings that the person looked at and accepts, each with how many rows it concerned: more of them are worth another look. */
  accepted: Record<string, number>
}

export interface DatasetRow {
  row: number
  part: 'training' | 'validation'
  /** For chats: the turns before the last answer, and the last answer. For text: empty, and the text. */
  input: string
  output: string
  /** Which of its texts the two columns show, to be edited; absent where a column shows several or none. */
  inputField?: string
  outputField?: string
  /** Of a chat: all of its messages, each to be edited by its name, and its tools. */
  chat?: ChatTurns
  /** Where the row is from, where that is not the file. */
  origin?: string
  /** Where the rows with one kind of finding were asked for: what was found in this one, in words. */
  found?: string[]
}

/** A stretch of the table, of all rows or of those that fit. */
export interface RowView {
  from: number
  count: number
  /** Rows with this text in any case, anywhere. */
  search?: string
  /** Rows with a finding of this code. */
  code?: string
}

/** A row of the data in a line of a batch: where it begins, how long it is, and which of its tokens are learnt. */
export interface PackedExample {
  row: number
  from: number
  tokens: number
  /** From … to, without `to`, counted from the row's own beginning. */
  learnt: [from: number, to: number][]
}

/** One micro-batch of the run to come, as it lies on the device. */
export interface PackedBatch {
  /** Which of the micro-batches of the first pass. */
  index: number
  batches: number
  /** Line by line what lies in it; each is `rowLength` tokens long, and has room for `sourceLength` more beside it where a model has an encoder. */
  lines: PackedExample[][]
  rowLength: number
  sourceLength: number
  /** Tokens that are computed, and those of them that are no padding. */
  room: number
  tokens: number
  /** Of the whole run. */
  steps: number
  epochsByRule: number
}

/** What a file does not say itself. */
export interface ReadWishes {
  columns?: ColumnChoice
  /** A label as TextDecoder knows it, where the file's bytes do not tell. */
  encoding?: string
}

export interface ReadRequest extends ReadWishes {
  split: SplitSettings
  /** Who wrote the answers, where that is known: kept with every row that does not say it. */
  origin?: string
}

/** How rows of a second file join those that are open. */
export interface AppendRequest extends ReadWishes {
  part?: 'validation'
  /** Who wrote the answers, where that is known: kept with every row. */
  origin?: string
}

/** Something said in a conversation. */
export interface Turn {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** It becomes a row of the layout that the others have: without an input, among texts, a text. */
export interface NewRow {
  input: string
  output: string
  /** What was said before the input: the row is a chat then, of which the output alone is learnt. */
  before?: readonly Turn[]
  origin?: string
}

export type DataFormat = 'pairs' | 'openai-chat'

export type { ChatTurn, ChatTurns } from '../data/edit/fields.ts'
export type { DocumentRow, DocumentWay }

export interface DataService {
  /** Takes the place of what is open. Throws what `readDataset` throws, and 'cancelled' after `cancelReading`; then what was open stays. */
  readData(file: File, request: ReadRequest, onProgress?: (progress: ReadProgress) => void): Promise<DataState>
  cancelReading(): Promise<void>
  /** A table to type in, with a first row, empty unless given. */
  newData(name: string, split: SplitSettings, row?: NewRow): Promise<DataState>
  /** Throws 'document-not-text', 'document-too-large', 'document-unreadable'. */
  documentText(file: File): Promise<string>
  /** Rows made of a document's text, to be opened as a dataset. */
  documentRows(text: string, way: DocumentWay): Promise<DocumentRow[]>
  /**
   * Rows of a further file, after those that are open: one edit, with what was found on reading them. Throws what `readDataset` throws,
   * 'cancelled' after `cancelReading` and where other data came in between, and 'run-in-progress' where a run began meanwhile.
   */
  appendData(file: File, request: AppendRequest, onProgress?: (progress: ReadProgress) => void): Promise<DataState>
  closeData(): Promise<void>
  setTemplate(template: PlainTemplate): Promise<DataState>
  setSplit(split: SplitSettings): Promise<DataState>
  /** Lengths in tokens with the open model. Undefined where other data or another model came in between. */
  countTokens(onProgress: (share: number) => void): Promise<DataState | undefined>
  /** All that the checks find. Undefined where other data, or another check, came in between. */
  checkData(onProgress: (share: number) => void): Promise<Finding[] | undefined>
  dataRows(view: RowView): Promise<{ total: number; rows: DatasetRow[] }>
  /** A row as the model sees it, by its number: all of its tokens, those beyond `maxLength` marked as cut. */
  previewRow(row: number, maxLength: number): Promise<PreviewToken[]>
  /** Throws 'no-such-batch' and what laying out the batches throws. */
  packedBatch(settings: TrainingSettings, index: number, kind: EngineKind): Promise<PackedBatch>
  editRow(row: number, field: string, text: string): Promise<DataState>
  addRow(row: NewRow): Promise<DataState>
  deleteRows(rows: readonly number[]): Promise<DataState>
  /** Takes away the findings of a code by their mend, and nothing else, in every row that has one; `what` tells the edit in words. */
  mendData(code: string, what: string): Promise<DataState>
  undoEdit(): Promise<DataState>
  redoEdit(): Promise<DataState>
  /** Marks a kind of finding as looked at and fine. */
  acceptFinding(code: string, accepted: boolean): Promise<DataState>
  /** A JSONL file of all rows, split included. */
  exportData(format: DataFormat): Promise<{ fileName: string; file: Blob }>
  /** Keeps the open dataset with its edits in this browser, in place of what was kept of it. Throws 'storage-…'. */
  keepData(): Promise<void>
  keptDatasets(): Promise<StoredDataset[]>
  openKept(id: string): Promise<DataState>
  /** Throws 'dataset-not-found' and 'name-missing'. */
  renameDataset(id: string, name: string): Promise<void>
  forgetDataset(id: string): Promise<void>
}
