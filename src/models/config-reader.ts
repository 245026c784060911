/** Reads fields of a config.json by type, and refuses by name what a family does not support. */
import type { ActivationFunction } from '../engine/ops/activation-function.ts'
import { HomespunError } from '../errors.ts'

/** The functions there are, by the names that transformers gives them (`ACT2FN`). */
const ACTIVATIONS: Readonly<Record<string, ActivationFunction>> = {
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'geluTanh',
  gelu_fast: 'geluTanh',
  gelu_accurate: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  gelu_python_tanh: 'geluTanh',
  quick_gelu: 'quickGelu',
}

export class ConfigReader {
  readonly #json: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(json: Readonly<Record<string, unknown>>, path = '') {
    this.#json = json
    this.#path = path
  }

  /** A whole number of at least one. Throws 'config-invalid'. */
  size(name: string, fallback?: number): number {
    const value = this.#json[name] ?? fallback
    if (!isCount(value) || value < 1) throw this.#invalid(name, 'a whole number above zero', value)
    return value
  }

  /** The same, or none where the field is null; `fallback` where there is no such field. Throws 'config-invalid'. */
  sizeOrNone(name: string, fallback: number): number | undefined {
    return this.#json[name] === null ? undefined : this.size(name, fallback)
  }

  /** A whole number of at least zero. Throws 'config-invalid'. */
  count(name: string, fallback: number): number {
    const value = this.#json[name] ?? fallback
    if (!isCount(value)) throw this.#invalid(name, 'a whole number', value)
    return value
  }

  /** A finite number, if there is one. Throws 'config-invalid'. */
  number(name: string): number | undefined {
    const value = this.#json[name] ?? undefined
    if (value !== undefined && !Number.isFinite(value)) throw this.#invalid(name, 'a number', value)
    return value as number | undefined
  }

  /** A finite number above zero. Throws 'config-invalid'. */
  positive(name: string, fallback?: number): number {
    const value = this.#json[name] ?? fallback
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw this.#invalid(name, 'a number above zero', value)
    return value
  }

  /** The same, if there is one. Throws 'config-invalid'. */
  optionalPositive(name: string): number | undefined {
    return this.#json[name] === undefined || this.#json[name] === null ? undefined : this.positive(name)
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#json[name] ?? fallback
    if (typeof value !== 'boolean') throw this.#invalid(name, 'true or false', value)
    return value
  }

  text(name: string, fallback: string): string {
    const value = this.#json[name] ?? fallback
    if (typeof value !== 'string') throw this.#invalid(name, 'a text', value)
    return value
  }

  /** The function of that name. Throws 'config-unsupported' where there is none. */
  activation(name: string, fallback: string): ActivationFunction {
    const value = this.text(name, fallback)
    const known = Object.hasOwn(ACTIVATIONS, value) ? ACTIVATIONS[value] : undefined
    if (known === undefined) throw this.unsupported(name, value)
    return known
  }

  /** A list of texts, if there is one. Throws 'config-invalid'. */
  texts(name: string): string[] | undefined {
    const value = this.#json[name] ?? undefined
    const areTexts = Array.isArray(value) && value.every((text) => typeof text === 'string')
    if (value !== undefined && !areTexts) throw this.#invalid(name, 'a list of texts', value)
    return value
  }

  /** A nested object, if there is one. */
  object(name: string): ConfigReader | undefined {
    const value = this.#json[name]
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'object' || Array.isArray(value)) throw this.#invalid(name, 'an object', value)
    return new ConfigReader(value as Record<string, unknown>, `${this.#path}${name}.`)
  }

  /** Throws 'config-unsupported' unless the field is missing, null or one of `allowed`. */
  require(name: string, ...allowed: readonly unknown[]): void {
    const value = this.#json[name]
    if (value === undefined || value === null || allowed.includes(value)) return
    throw this.unsupported(name, value)
  }

  /** The largest of some probabilities, of which each is 0 where it is missing. Throws 'config-invalid'. */
  probability(...names: readonly string[]): number {
    const values = names.map((name) => {
      const value = this.#json[name] ?? 0
      if (typeof value !== 'number' || !(value >= 0 && value < 1)) throw this.#invalid(name, 'a number from 0 up to 1', value)
      return value
    })
    return Math.max(...values)
  }

  /** Throws 'config-unsupported' where `architectures` is there and names none of these. */
  requireArchitecture(...allowed: readonly string[]): void {
    const named = this.#json['architectures']
    if (Array.isArray(named) && !named.some((name) => allowed.includes(name as string))) throw this.unsupported('architectures', named)
  }

  unsupported(name: string, value: unknown): HomespunError {
    return new HomespunError('config-unsupported', `This model asks for something Homespun does not do: ${this.#path}${name} is ${JSON.stringify(value)}.`, {
      where: 'config.json',
      fix: 'Choose another model.',
    })
  }

  #invalid(name: string, wanted: string, value: unknown): HomespunError {
    return new HomespunError('config-invalid', `${this.#path}${name} should be ${wanted} but is ${JSON.stringify(value) ?? 'missing'}.`, {
      where: 'config.json',
      fix: 'Bring the file as it came with the model.',
    })
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2 ** 31
}
