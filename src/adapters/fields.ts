/** Checked reading of JSON objects that came from outside: each field has its type, or the given error names it. */
import { isObject } from './json.ts'
import type { JsonObject } from './json.ts'

export class Fields {
  readonly #json: JsonObject
  readonly #fail: (field: string) => Error

  constructor(json: JsonObject, fail: (field: string) => Error) {
    this.#json = json
    this.#fail = fail
  }

  raw(field: string): unknown {
    return this.#json[field]
  }

  object(field: string): Fields {
    const value = this.#json[field]
    if (!isObject(value)) throw this.#fail(field)
    return new Fields(value, (inner) => this.#fail(`${field}.${inner}`))
  }

  text(field: string): string {
    const value = this.#json[field]
    if (typeof value !== 'string') throw this.#fail(field)
    return value
  }

  /** A number of 0 or more. */
  amount(field: string): number {
    const value = this.#json[field]
    if (typeof value !== 'number' || !(value >= 0)) throw this.#fail(field)
    return value
  }

  /** A whole number of 0 or more. */
  count(field: string): number {
    const value = this.amount(field)
    if (!Number.isSafeInteger(value)) throw this.#fail(field)
    return value
  }

  number(field: string): number {
    const value = this.#json[field]
    if (typeof value !== 'number') throw this.#fail(field)
    return value
  }

  flag(field: string): boolean {
    const value = this.#json[field]
    if (typeof value !== 'boolean') throw this.#fail(field)
    return value
  }

  choice<T extends string>(field: string, choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.#json[field])
    if (found === undefined) throw this.#fail(field)
    return found
  }

  texts(field: string): string[] {
    return this.#list(field).map((value) => {
      if (typeof value !== 'string') throw this.#fail(field)
      return value
    })
  }

  counts(field: string): number[] {
    return this.#list(field).map((value) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw this.#fail(field)
      return value
    })
  }

  objects(field: string): Fields[] {
    return this.#list(field).map((value) => {
      if (!isObject(value)) throw this.#fail(field)
      return new Fields(value, (inner) => this.#fail(`${field}.${inner}`))
    })
  }

  /** Pairs of step and loss; a loss that was not finite is null in JSON, and NaN here. */
  losses(field: string): [step: number, loss: number][] {
    return this.#list(field).map((entry) => {
      if (!Array.isArray(entry) || entry.length !== 2) throw this.#fail(field)
      const [step, loss] = entry as [unknown, unknown]
      if (typeof step !== 'number' || (typeof loss !== 'number' && loss !== null)) throw this.#fail(field)
      return [step, loss ?? Number.NaN]
    })
  }

  #list(field: string): unknown[] {
    const value = this.#json[field]
    if (!Array.isArray(value)) throw this.#fail(field)
    return value
  }
}
