/** The marks of a file: one for each person, number or secret, counted by kind. */
import type { Example } from '../../types.ts'
import { exampleTexts } from '../data.ts'
import type { PrivateKind, PrivateMatch } from '../private/match.ts'

const MARKS: Record<PrivateKind, string> = {
  email: 'EMAIL', phone: 'PHONE', card: 'CARD', iban: 'IBAN', ip: 'IP', name: 'NAME', secret: 'SECRET',
}

export class Marks {
  readonly #marks = new Map<string, string>()
  readonly #last = new Map<PrivateKind, number>()
  /** By a part of a full name, the full names that have it. */
  readonly #persons = new Map<string, Set<string>>()

  /** Marks that the file has already are not given again. */
  constructor(examples: readonly Example[]) {
    const kinds = new Map(Object.entries(MARKS).map(([kind, mark]) => [mark, kind as PrivateKind]))
    for (const example of examples) {
      for (const text of exampleTexts(example)) {
        if (!text.includes('[')) continue
        for (const [, mark = '', number] of text.matchAll(/\[([A-Z]+)_(\d{1,9})\]/g)) {
          const kind = kinds.get(mark)
          if (kind) this.#last.set(kind, Math.max(Number(number), this.#last.get(kind) ?? 0))
        }
      }
    }
  }

  of({ kind, value }: Pick<PrivateMatch, 'kind' | 'value'>): string {
    const person = kind === 'name' ? this.#person(value) : value
    const key = `${kind} ${person}`
    let mark = this.#marks.get(key)
    if (mark === undefined) {
      const number = (this.#last.get(kind) ?? 0) + 1
      this.#last.set(kind, number)
      this.#marks.set(key, (mark = `[${MARKS[kind]}_${number}]`))
    }
    return mark
  }

  /** A first or last name alone is the one person known whose name has it. */
  #person(name: string): string {
    const parts = name.split(' ')
    if (parts.length === 1) {
      const persons = this.#persons.get(name)
      const [only] = persons ?? []
      return persons?.size === 1 && only !== undefined ? only : name
    }
    for (const part of parts) this.#persons.set(part, (this.#persons.get(part) ?? new Set()).add(name))
    return name
  }
}
