/**
 * Rows that say almost the same, by MinHash and locality-sensitive hashing (Leskovec, Rajaraman and Ullman, "Mining of
 * Massive Datasets", chapter 3): signatures of all, then band by band the few that share a band are compared.
 */
import { exampleColumns } from '../../example.ts'
import type { Example } from '../../types.ts'
import { commonPrefix } from '../affixes.ts'
import type { ColumnName } from '../columns.ts'
import { eachExample, type CheckData, type Report } from '../data.ts'
import { hashExample, sayTheSame } from '../same-words.ts'
import { TextIndex } from '../text-index.ts'
import { Buckets } from './buckets.ts'
import { likeness, MOST_WORDS, shingle } from './shingles.ts'
import { BANDS, Signatures } from './signatures.ts'

/** Inputs and outputs must each have so much in common. */
const ALIKE = 0.8
/** An estimate below is not looked into: from 36 places it is off by less than 0.17 in 99 of 100 cases. */
const WORTH_A_LOOK = 0.63
/** Share of the work that making signatures is. */
const SIGNING = 0.6

const INPUT_SEED = 0x51ed27
const OUTPUT_SEED = 0x2545f

/** Characters that all begin with: they make no two of them alike. */
type Skip = Record<ColumnName, number>

class NearRows {
  readonly examples: readonly Example[]
  readonly signatures: Signatures
  /** By index, −1 for none: the earlier row of the same side that is alike, and the row of the other side. */
  readonly twin: Int32Array
  readonly leak: Int32Array
  readonly #skip: Skip
  readonly #room = new Int32Array(2 * MOST_WORDS)

  constructor(examples: readonly Example[], skip: Skip) {
    this.examples = examples
    this.signatures = new Signatures(examples.length)
    this.twin = new Int32Array(examples.length).fill(-1)
    this.leak = new Int32Array(examples.length).fill(-1)
    this.#skip = skip
  }

  sign(index: number): void {
    const { input, output } = this.#columns(index)
    const middle = shingle(input, this.#room, 0, INPUT_SEED)
    const end = shingle(output, this.#room, middle, OUTPUT_SEED)
    this.signatures.set(index, this.#room.subarray(0, end))
  }

  alike(one: number, other: number): boolean {
    if (this.signatures.likeness(one, other) < WORTH_A_LOOK) return false
    const [first, second] = [this.#columns(one), this.#columns(other)]
    return this.#likeness(first.output, second.output) >= ALIKE && this.#likeness(first.input, second.input) >= ALIKE
  }

  #likeness(one: string, other: string): number {
    const middle = shingle(one, this.#room, 0, 0)
    const end = shingle(other, this.#room, middle, 0)
    return likeness(this.#room.subarray(0, middle), this.#room.subarray(middle, end))
  }

  #columns(index: number): { input: string; output: string } {
    const { input, output } = exampleColumns(this.examples[index]!)
    return { input: input.slice(this.#skip.input), output: output.slice(this.#skip.output) }
  }
}

/** "near-duplicate", and "near-leak" where the other row is kept aside. */
export function* checkNearDuplicates(data: CheckData, report: Report): Generator<number, void, undefined> {
  const skip: Skip = { input: 0, output: 0 }
  for (const column of ['input', 'output'] as const) {
    const finder = commonPrefix(data.examples, column)
    let found = finder.next()
    for (; !found.done; found = finder.next()) yield 0
    skip[column] = found.value.length
  }
  const rows = new NearRows(data.examples, skip)
  const copies = yield* signAll(data, rows)
  const sides = { aside: new Buckets(data.examples.length), training: new Buckets(data.examples.length) }
  for (let band = 0; band < BANDS; band++) {
    for (const done of pairUp(data, rows, copies, sides, band)) yield SIGNING + ((1 - SIGNING) * (band + done)) / (BANDS + 1)
  }
  for (const [index, example] of eachExample(data)) {
    tell(data, rows, index, example, report)
    yield 1
  }
}

/** Signs every row that is no copy of an earlier one on the same side. Gives which are. */
function* signAll(data: CheckData, rows: NearRows): Generator<number, Uint8Array, undefined> {
  const { examples, validation } = data
  const isAside = (index: number) => validation?.has(index) === true
  const index = new TextIndex(examples.length, (one, other) => isAside(one) === isAside(other) && sayTheSame(examples[one]!, examples[other]!))
  const copies = new Uint8Array(examples.length)
  for (const [at, example, done] of eachExample(data)) {
    if (index.first(at, hashExample(example)) === at) rows.sign(at)
    else copies[at] = 1
    yield SIGNING * done
  }
  return copies
}

interface Sides {
  aside: Buckets
  training: Buckets
}

/** One band: rows kept aside first, so that what is learnt is held against all of them. */
function* pairUp(data: CheckData, rows: NearRows, copies: Uint8Array, sides: Sides, band: number): Generator<number, void, undefined> {
  const { examples, validation = new Set() } = data
  sides.aside.clear()
  sides.training.clear()
  const alike = (index: number) => (other: number) => rows.alike(index, other)
  const join = (index: number, side: Buckets, hash: number) => {
    if (rows.twin[index]! < 0) rows.twin[index] = side.find(hash, alike(index)) ?? -1
    if (rows.twin[index]! < 0) side.add(index, hash)
  }
  for (const index of validation) {
    if (!copies[index]) join(index, sides.aside, rows.signatures.band(index, band))
    yield 0
  }
  for (let index = 0; index < examples.length; index++) {
    yield index / examples.length
    if (copies[index] || validation.has(index)) continue
    const hash = rows.signatures.band(index, band)
    if (validation.size > 0 && rows.leak[index]! < 0) rows.leak[index] = sides.aside.find(hash, alike(index)) ?? -1
    join(index, sides.training, hash)
  }
}

function tell({ examples }: CheckData, { twin, leak }: NearRows, index: number, { row }: Example, report: Report): void {
  const near = examples[twin[index]!]
  if (near) {
    const message = `Almost the same as row ${near.row}: it would count nearly twice.`
    report({ row, code: 'near-duplicate', severity: 'note', message, fix: 'Delete it, or make it say something of its own.', others: [near.row], mend: 'delete-near-duplicates' })
  }
  const aside = examples[leak[index]!]
  if (!aside || sayTheSame(aside, examples[index]!)) return
  const message = `Almost the same as row ${aside.row}, which is kept aside for validation: the measured loss would be too good.`
  report({ row, code: 'near-leak', severity: 'note', message, fix: 'Delete it here.', others: [aside.row], mend: 'delete-leaks' })
}
