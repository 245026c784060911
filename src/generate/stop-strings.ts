/** Finds stop strings in streamed text, also across pieces, and holds back what may become one so that none is ever shown. */

/** Length of the longest end of `text` that begins one of `stops`. */
function heldLength(text: string, stops: readonly string[]): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1))
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(-length)
    if (stops.some((stop) => stop.startsWith(end))) return length
  }
  return 0
}

export class StopStrings {
  readonly #stops: readonly string[]
  #held = ''
  /** True once a stop string has been seen; nothing more comes out. */
  found = false

  /** Empty stop strings are left out: they would end every answer at once. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '')
  }

  /** What can be shown now. */
  push(text: string): string {
    if (this.found) return ''
    const whole = this.#held + text
    const places = this.#stops.map((stop) => whole.indexOf(stop)).filter((place) => place >= 0)
    if (places.length > 0) {
      this.found = true
      this.#held = ''
      return whole.slice(0, Math.min(...places))
    }
    const shown = whole.length - heldLength(whole, this.#stops)
    this.#held = whole.slice(shown)
    return whole.slice(0, shown)
  }

  /** What was held back, when the answer is over without a stop string. */
  finish(): string {
    const rest = this.#held
    this.#held = ''
    return rest
  }
}
