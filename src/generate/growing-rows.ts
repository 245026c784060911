/** Rows of one width that are only ever added to, in one array with room ahead. */
export class GrowingRows {
  readonly #width: number
  #all: Float32Array<ArrayBuffer>
  #used = 0

  constructor(width: number, capacity = 64) {
    this.#width = width
    this.#all = new Float32Array(width * capacity)
  }

  /** The rows so far: a view that the next `append` may leave behind. */
  get data(): Float32Array<ArrayBuffer> {
    return this.#all.subarray(0, this.#used)
  }

  append(rows: Float32Array): void {
    const needed = this.#used + rows.length
    if (needed > this.#all.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#all.length))
      larger.set(this.data)
      this.#all = larger
    }
    this.#all.set(rows, this.#used)
    this.#used = needed
  }

  get count(): number {
    return this.#used / this.#width
  }
}
