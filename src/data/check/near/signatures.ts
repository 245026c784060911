/**
 * MinHash (Broder, "On the resemblance and containment of documents", 1997) with one hash a shingle (Li, Owen and Zhang, "One
 * permutation hashing", 2012): the hash names one of 36 places, and each place keeps the least. Empty places borrow from others
 * (Shrivastava, "Optimal densification", 2017). Two texts agree in as many places as their sets are alike.
 */
import { mix } from '../text-index.ts'

/** Bands of 4: texts that are alike by 0.8 share one with a probability of 0.99, by 0.3 with 0.07. */
export const BANDS = 9
const BAND = 4
const PLACES = BANDS * BAND
/** Places that an empty one asks. */
const TRIES = 24
const EMPTY = 0x7fffffff

/** Where an empty place looks for a value: other places in an order of its own. */
const DONORS = Uint8Array.from({ length: PLACES * TRIES }, (_, at) => (mix(0x9e3779b9 + at) >>> 0) % PLACES)

export class Signatures {
  /** Of each minimum 16 bits are kept: 72 bytes a text. */
  readonly #values: Uint16Array
  readonly #least = new Int32Array(PLACES)

  constructor(count: number) {
    this.#values = new Uint16Array(count * PLACES)
  }

  set(index: number, shingles: Int32Array): void {
    const least = this.#least.fill(EMPTY)
    for (let at = 0; at < shingles.length; at++) {
      const item = shingles[at]!
      const place = ((item >>> 16) * PLACES) >>> 16
      const value = mix(item) & 0x7fffffff
      if (value < least[place]!) least[place] = value
    }
    const start = index * PLACES
    for (let place = 0; place < PLACES; place++) this.#values[start + place] = mix(least[place] === EMPTY ? this.#lent(place) : least[place]!)
  }

  /** What an empty place takes: another's value, changed by how long it had to ask. */
  #lent(place: number): number {
    for (let turn = 0; turn < TRIES; turn++) {
      const value = this.#least[DONORS[place * TRIES + turn]!]!
      if (value !== EMPTY) return mix(value + turn + 1)
    }
    return this.#least.find((value) => value !== EMPTY) ?? EMPTY
  }

  /** A hash of one band. */
  band(index: number, band: number): number {
    const start = index * PLACES + band * BAND
    const values = this.#values
    return mix(Math.imul(values[start]! | (values[start + 1]! << 16), 0x85ebca6b) ^ (values[start + 2]! | (values[start + 3]! << 16)))
  }

  /** The share of places in which two agree: an estimate of how alike their sets are. */
  likeness(one: number, other: number): number {
    const values = this.#values
    const [first, second] = [one * PLACES, other * PLACES]
    let equal = 0
    for (let place = 0; place < PLACES; place++) if (values[first + place] === values[second + place]) equal++
    return equal / PLACES
  }
}
