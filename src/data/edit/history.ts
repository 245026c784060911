/** What was done to a dataset since it was read, and what can be taken back. */
import type { Example, RowChange } from '../types.ts'
import { applyChanges, inverse, nextRow, type Edit } from './changes.ts'

export class EditHistory {
  #examples: Example[]
  readonly #done: Edit[]
  readonly #undone: Edit[] = []

  /** `done`: edits that `examples` (as read) had before, as a kept dataset has them. */
  constructor(examples: readonly Example[], done: readonly Edit[] = []) {
    this.#examples = done.reduce((now, { changes }) => applyChanges(now, changes), [...examples])
    this.#done = [...done]
  }

  /** As they are now, by row. */
  get examples(): readonly Example[] {
    return this.#examples
  }

  get done(): readonly Edit[] {
    return this.#done
  }

  /** What undo and redo would take back and do again, in words. */
  get undoes(): string | undefined {
    return this.#done.at(-1)?.what
  }

  get redoes(): string | undefined {
    return this.#undone.at(-1)?.what
  }

  /** Changes that change nothing are no edit. */
  do(what: string, changes: readonly RowChange[], more: Pick<Edit, 'split' | 'findings'> = {}): void {
    const real = changes.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
    if (real.length === 0) return
    this.#undone.length = 0
    this.#apply({ what, changes: real, ...more }, this.#done)
  }

  /** What was taken back, if anything. */
  undo(): Edit | undefined {
    const edit = this.#done.pop()
    if (!edit) return undefined
    this.#examples = applyChanges(this.#examples, inverse(edit).changes)
    this.#undone.push(edit)
    return edit
  }

  /** What was done again, if anything. */
  redo(): Edit | undefined {
    const edit = this.#undone.pop()
    if (edit) this.#apply(edit, this.#done)
    return edit
  }

  /** The number of a row that is added now. */
  nextRow(): number {
    return nextRow(this.#examples, [...this.#done, ...this.#undone])
  }

  #apply(edit: Edit, onto: Edit[]): void {
    this.#examples = applyChanges(this.#examples, edit.changes)
    onto.push(edit)
  }
}
