/** Which rows of the table fit a search or have a finding. */
import { exampleTexts } from '../data/edit/fields.ts'
import type { Example, Finding } from '../data/types.ts'
import type { RowView } from './data-types.ts'

export class RowFilter {
  readonly #examples: readonly Example[]
  readonly #findings: readonly Finding[]
  /** The last question and its answer: the table asks the same for every stretch that it shows. */
  #last: { key: string; indices: number[] } | undefined
  #told: { code: string; rows: ReadonlyMap<number, string[]> } | undefined

  constructor(examples: readonly Example[], findings: readonly Finding[]) {
    this.#examples = examples
    this.#findings = findings
  }

  /** Indices of the rows that fit, ascending; undefined where all do. */
  matching({ search = '', code }: Pick<RowView, 'search' | 'code'>): readonly number[] | undefined {
    const text = search.trim().toLocaleLowerCase()
    if (text === '' && code === undefined) return undefined
    const key = JSON.stringify([text, code])
    if (this.#last?.key !== key) this.#last = { key, indices: this.#find(text, code) }
    return this.#last.indices
  }

  #find(text: string, code: string | undefined): number[] {
    const rows = code === undefined ? undefined : this.#rowsWith(code)
    const indices: number[] = []
    for (const [index, example] of this.#examples.entries()) {
      if (rows && !rows.has(example.row)) continue
      if (text === '' || exampleTexts(example).some((own) => own.toLocaleLowerCase().includes(text))) indices.push(index)
    }
    return indices
  }

  /** What findings of a code say of a row; those that name it beside another row say which. */
  told(code: string, row: number): string[] {
    return this.#rowsWith(code).get(row) ?? []
  }

  #rowsWith(code: string): ReadonlyMap<number, string[]> {
    if (this.#told?.code === code) return this.#told.rows
    const rows = new Map<number, string[]>()
    const tell = (row: number, message: string) => {
      const known = rows.get(row) ?? []
      if (message !== '' && !known.includes(message)) known.push(message)
      rows.set(row, known)
    }
    const found = this.#findings.filter((finding) => finding.code === code)
    // Beside findings of single rows, one of the whole only counts the rest.
    const counts = found.some(({ row }) => row > 0)
    for (const { row, message, others = [] } of found) {
      tell(row, message)
      for (const other of others) tell(other, row > 0 ? `Row ${row}: ${message}` : counts ? '' : message)
    }
    this.#told = { code, rows }
    return rows
  }
}
