/** One quick look at a text that says what cannot be in it, so that most patterns are never tried. */

export interface Traits {
  digits: number
  hasAt: boolean
  /** Letters, digits, "_" and "-" without a break, as keys are written: the longest such stretch. */
  longestRun: number
  /** Whether a stretch without space holds letters and, not only at its end, digits or signs, as passwords do. */
  hasMixture: boolean
}

const LETTER = 1
const DIGIT = 2
const JOINER = 4
const SIGN = 8

/** What each ASCII character is. */
const KIND = Uint8Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit)
  if (/[A-Za-z]/.test(character)) return LETTER
  if (/\d/.test(character)) return DIGIT
  return /[_-]/.test(character) ? JOINER : /[!@#$%^&*+=?~|]/.test(character) ? SIGN : 0
})

export function traitsOf(text: string): Traits {
  const traits: Traits = { digits: 0, hasAt: false, longestRun: 0, hasMixture: false }
  let run = 0
  /** Kinds in this stretch, and in it up to the last letter or digit. */
  let kinds = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const kind = unit < 128 ? KIND[unit]! : LETTER
    if (kind === 0) {
      run = 0
      // Points and slashes part no password from its rest, spaces and quotation marks do.
      if (unit <= 32 || unit === 34 || unit === 39) kinds = 0
      continue
    }
    if (kind === SIGN) {
      run = 0
      if (unit === 64) traits.hasAt = true
    } else if (++run > traits.longestRun) traits.longestRun = run
    if (kind === DIGIT) traits.digits++
    if ((kind === LETTER && kinds & (DIGIT | SIGN)) || (kind === DIGIT && kinds & LETTER)) traits.hasMixture = true
    kinds |= unit === 95 ? SIGN : kind
  }
  return traits
}
