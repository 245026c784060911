/** What is asked about the file that was read last: which columns, which encoding. Keeps how it was asked for, to read it again in another way. */
import type { AppendRequest, ColumnChoice, ColumnQuestion, DatasetSummary, EncodingGuess, SplitSettings } from '../service/types.ts'
import type { Trouble } from './trouble.ts'

/** What a person said about a file that does not say it itself. */
export interface ReadChoices {
  columns?: ColumnChoice
  encoding?: string
  /** Who wrote the answers. */
  origin?: string
}

/** A file as it was asked for: to be opened, or its rows to be added to what is open. */
export interface Asked {
  file: File
  choices: ReadChoices
  split: SplitSettings
  /** Whether it is kept in this browser before anything is done to it. */
  keeps: boolean
  append?: AppendRequest
  /** How its bytes may read, as far as that was found out. */
  guesses: readonly EncodingGuess[]
}

interface Reader {
  readonly failure: Trouble | undefined
  readonly summary: DatasetSummary | undefined
}

export class ReadingQuestions {
  /** What is open, where it is a file. */
  opened = $state.raw<Asked>()
  /** The file that was asked for last, where it was refused. */
  refused = $state.raw<Asked>()
  #reader: Reader
  readonly #code = $derived.by(() => this.#reader.failure?.code)
  /** Whether what is open can be read again in another way. */
  readonly readableAgain = $derived(this.opened !== undefined)
  /** Asked where a file was refused because its columns are not clear. */
  readonly columns = $derived.by(() =>
    this.#code === 'columns-unknown' || this.#code === 'columns-twice' ? (this.#reader.failure?.about as ColumnQuestion | undefined) : undefined,
  )
  /** Asked where a file was refused because it is no UTF-8: how it may read, likeliest first; empty where nobody can guess. */
  readonly encoding = $derived.by(() => (this.#code === 'not-utf8' ? ((this.#reader.failure?.about ?? []) as EncodingGuess[]) : undefined))
  /** How the bytes of what is open may read, where some of it was no UTF-8. */
  readonly encodingGuesses = $derived.by(() => {
    const likely = this.#reader.summary?.encoding?.likely ?? []
    return likely.length > 0 ? likely : (this.opened?.guesses ?? [])
  })
  /** The file that a question is about: one that is to be opened, or to join what is open. */
  readonly about = $derived.by(() => {
    if (!this.refused || !(this.columns || this.encoding)) return undefined
    const { file, append, choices, guesses } = this.refused
    return { name: file.name, joins: append !== undefined, encoding: choices.encoding, guesses }
  })

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** The file that a question is about, or else the one that is open, asked for in another way; divided as `split` says where it is open. */
  again(choices: ReadChoices, split: SplitSettings): Asked | undefined {
    const asked = this.about ? this.refused : this.opened && { ...this.opened, split }
    if (!asked) return undefined
    const guesses = this.encoding ?? (this.encodingGuesses.length > 0 && asked.file === this.opened?.file ? this.encodingGuesses : asked.guesses)
    // In another encoding the columns have other names.
    const { columns, ...others } = asked.choices
    const kept = choices.encoding === undefined || columns?.header === false ? asked.choices : others
    return { ...asked, guesses, choices: { ...kept, ...choices } }
  }
}
