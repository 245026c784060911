/** Chains of indices by a hash, in typed arrays; emptied for every band. */

/** Candidates that are looked at for one text in one band. */
const MOST_OF_A_CHAIN = 12

export class Buckets {
  readonly #heads: Int32Array
  readonly #next: Int32Array

  constructor(capacity: number) {
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(capacity + 2)))
    this.#next = new Int32Array(capacity)
  }

  clear(): void {
    this.#heads.fill(-1)
  }

  add(index: number, hash: number): void {
    const slot = hash & (this.#heads.length - 1)
    this.#next[index] = this.#heads[slot]!
    this.#heads[slot] = index
  }

  /** The first of the chain's latest indices that fits. */
  find(hash: number, fits: (index: number) => boolean): number | undefined {
    let index = this.#heads[hash & (this.#heads.length - 1)]!
    for (let left = MOST_OF_A_CHAIN; index >= 0 && left > 0; left--) {
      if (fits(index)) return index
      index = this.#next[index]!
    }
    return undefined
  }
}
