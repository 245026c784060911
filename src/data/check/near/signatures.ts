/**
 * MinHash (Broder, "On the resemblance and containment of documents", 1997): for each of 36 hash functions the least
 * value over a text's shingles. Two texts agree in as many places as their sets are alike.
 */
import { mix } from '../text-index.ts'

/** Bands of 4: texts that are alike by 0.8 share one with a probability of 0.99, by 0.3 with 0.07. */
export const BANDS = 9
const BAND = 4
const PLACES = BANDS * BAND

const FACTORS = Int32Array.from({ length: PLACES }, (_, place) => mix(0x9e3779b9 + place) | 1)
const ADDENDS = Int32Array.from({ length: PLACES }, (_, place) => mix(0x7f4a7c15 - place))

export class Signatures {
  /** Of each minimum 16 bits are kept: 72 bytes a text. */
  readonly #values: Uint16Array
  
  constructor(count: number) {
    this.#values = new Uint16Array(count * PLACES)
  }

  set(index: number, shingles: Int32Array): void {
    const start = index * PLACES
    for (let place = 0; place < PLACES; place++) {
      const factor = FACTORS[place]!
      const addend = ADDENDS[place]!
      let least = 0x7fffffff
      for (let at = 0; at < shingles.length; at++) {
        const value = (Math.imul(shingles[at]!, factor) + addend) | 0
        if (value < least) least = value
      }
      this.#values[start + place] = mix(least)
    }
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
