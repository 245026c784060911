/** Finds equal texts among many without keeping them: hashes in typed arrays, and a comparison where they agree. */

/** murmur3's 32-bit finaliser (Austin Appleby, public domain). */
export function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** FNV-1a over UTF-16 units, finished by `mix`. */
export function hashText(text: string, seed = 0): number {
  let h = 0x811c9dc5 ^ seed
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193)
  return mix(h)
}

/** An open table of indices 0 … capacity − 1, by the hash of what each stands for. */
export class TextIndex {
  readonly #slots: Int32Array
  readonly #hashes: Int32Array
  readonly #same: (one: number, other: number) => boolean

  /** `same` compares what two indices stand for. */
  constructor(capacity: number, same: (one: number, other: number) => boolean) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity + 2))).fill(-1)
    this.#hashes = new Int32Array(capacity)
    this.#same = same
  }

  /** The index kept with the same text; undefined where there is none. */
  find(index: number, hash: number): number | undefined {
    const kept = this.#slots[this.#slotOf(index, hash)]!
    return kept < 0 ? undefined : kept
  }

  /** As `find`; where there is none, `index` is kept and given back. */
  first(index: number, hash: number): number {
    const slot = this.#slotOf(index, hash)
    const kept = this.#slots[slot]!
    if (kept >= 0) return kept
    this.#slots[slot] = index
    this.#hashes[index] = hash
    return index
  }

  #slotOf(index: number, hash: number): number {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const kept = this.#slots[slot]!
      if (kept < 0 || (this.#hashes[kept] === hash && this.#same(index, kept))) return slot
    }
  }
}
