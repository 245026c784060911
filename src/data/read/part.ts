/** A file's own division: its key or column "split", with the names that Hugging Face's datasets give the parts. */
import type { DatasetPart } from '../types.ts'
import type { Problem } from './findings.ts'

const PARTS: Readonly<Record<string, DatasetPart>> = {
  train: 'training', training: 'training',
  validation: 'validation', validate: 'validation', valid: 'validation', val: 'validation', dev: 'validation', devel: 'validation',
  development: 'validation', eval: 'validation', evaluation: 'validation', holdout: 'validation', heldout: 'validation', unseen: 'validation',
  test: 'validation', testing: 'validation',
}
const ONE_PART: Problem = {
  code: 'split-one-part', message: 'The split keeps all rows aside, which leaves nothing to learn from. It divides nothing: chance does.',
  fix: 'Add the rows that are for training.',
}
/** Names beyond this are counted together. */
const MOST_NAMES = 1000

/**
 * The part that a cell names, in any case, or nothing to add where it names none: "val", "Validation set", "hold-out",
 * "val_matched", "train_sft", "test[:10%]". What names two of them names none.
 */
export function partOf(cell: unknown): { part?: DatasetPart } {
  const words = wordsOf(cell)
  const parts = new Set(words.flatMap((word) => (Object.hasOwn(PARTS, word) ? [PARTS[word]!] : [])))
  const [part, ...others] = parts
  return part && others.length === 0 ? { part } : {}
}

function wordsOf(cell: unknown): string[] {
  if (typeof cell !== 'string') return []
  return cell.toLowerCase().replace(/\b(hold|held)[\s_-]+out/g, '$1out').replace(/(?<=[a-z])set\b/g, '').split(/[^a-z]+/)
}

/** Counts what a column "split" says, to tell what of it was not understood, or was taken for something else. */
export class SplitNames {
  readonly #unknown = new Map<string, number>()
  #unknownRows = 0
  #testRows = 0
  #asideRows = 0
  #rows = 0

  /** Of a row; '' where it says nothing. */
  add(cell: string): void {
    this.#rows++
    const { part } = partOf(cell)
    if (part === 'validation') this.#asideRows++
    if (part === 'validation' && wordsOf(cell).some((word) => word === 'test' || word === 'testing')) this.#testRows++
    if (part || cell.trim() === '') return
    this.#unknownRows++
    const name = cell.trim().slice(0, 40)
    if (this.#unknown.size < MOST_NAMES || this.#unknown.has(name)) this.#unknown.set(name, (this.#unknown.get(name) ?? 0) + 1)
  }

  /** 'split-unknown' and 'split-one-part', worth a look; 'split-test', good to know. */
  problems(): { severity: 'note' | 'info'; problem: Problem }[] {
    const allAside = this.#asideRows > 0 && this.#asideRows === this.#rows
    return [
      ...(this.#unknownRows > 0 ? [{ severity: 'note' as const, problem: this.#notUnderstood() }] : []),
      ...(allAside ? [{ severity: 'note' as const, problem: ONE_PART }] : []),
      ...(this.#testRows > 0 && !allAside ? [{ severity: 'info' as const, problem: this.#tests() }] : []),
    ]
  }

  #notUnderstood(): Problem {
    const names = [...this.#unknown].sort((one, two) => two[1] - one[1])
    const listed = names.slice(0, 6).map(([name, times]) => `"${name}" (${rows(times)})`).join(', ')
    const then = this.#asideRows > 0 ? 'These rows are learnt from.' : 'They divide nothing: chance does.'
    const message = `The split names parts that are not known: ${listed}${names.length > 6 ? ' and others' : ''}. ${then}`
    return { code: 'split-unknown', message, fix: 'Write train or validation.' }
  }

  #tests(): Problem {
    const others = this.#asideRows - this.#testRows
    const beside = others > 0 ? `, together with ${rows(others)} for validation` : ''
    const message = `${rows(this.#testRows)} for testing ${this.#testRows === 1 ? 'is' : 'are'} kept aside${beside}: there is one part that is not learnt from.`
    return { code: 'split-test', message, fix: 'Take the test rows out, if nothing is to be chosen by them.' }
  }
}

function rows(count: number): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? 'row' : 'rows'}`
}
