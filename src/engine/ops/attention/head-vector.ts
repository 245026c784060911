/** A head's vector in registers, unrolled: WGSL text for loading, dotting and adding rows of one head. */

/** Vectors of `headDim` numbers as `count` registers of type `item`: fours where the size allows. */
export class HeadVector {
  readonly count: number
  readonly item: 'vec4f' | 'f32'
  readonly array: string
  readonly #width: number

  constructor(headDim: number) {
    this.#width = headDim % 4 === 0 ? 4 : 1
    this.count = headDim / this.#width
    this.item = this.#width === 4 ? 'vec4f' : 'f32'
    this.array = `array<${this.item}>`
  }

  /** Registers in a row of `heads` heads. */
  stride(heads: number): number {
    return heads * this.count
  }

  /** `let name_0 = from[at]; let name_1 = from[at + 1]; …` */
  load(name: string, from: string, at: string): string {
    return this.#each((i) => `let ${name}_${i} = ${from}[${at} + ${i}u];`)
  }

  zero(name: string): string {
    return this.#each((i) => `var ${name}_${i} = ${this.item}();`)
  }

  /** The inner product of registers `name` with the row of `from` at `at`. */
  dotRow(name: string, from: string, at: string): string {
    return this.#join((i) => (this.#width === 4 ? `dot(${name}_${i}, ${from}[${at} + ${i}u])` : `${name}_${i} * ${from}[${at} + ${i}u]`))
  }

  /** The inner product of two sets of registers. */
  dot(a: string, b: string): string {
    return this.#join((i) => (this.#width === 4 ? `dot(${a}_${i}, ${b}_${i})` : `${a}_${i} * ${b}_${i}`))
  }

  /** Statements made for each register. */
  each(statement: (i: number) => string): string {
    return this.#each(statement)
  }

  #each(statement: (i: number) => string): string {
    return Array.from({ length: this.count }, (_, i) => statement(i)).join(' ')
  }

  #join(term: (i: number) => string): string {
    return Array.from({ length: this.count }, (_, i) => term(i)).join(' + ')
  }
}
