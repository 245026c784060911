/** Which rows of the table fit a search or have a finding. */
import { exampleTexts } from '../data/edit/fields.ts'
import type { Example, Finding } from '../data/types.ts'
import type { RowView } from './data-types.ts'

export class RowFilter {
  readonly #examples: readonly Example[]
  readonly #findings: readonly Finding[]
  /** The last question and its answer: the table asks the same for every stretch that it shows. */
  #last: { key: string; indices: number[] } | undefined

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

  #rowsWith(code: string): Set<number> {
    const found = this.#findings.filter((finding) => finding.code === code)
    return new Set(found.flatMap(({ row, others = [] }) => [row, ...others]))
  }
}
