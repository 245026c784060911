/** A text as the hashes of its words. */

/** FNV-1a's start and factor. */
const START = 0x811c9dc5
const FACTOR = 0x01000193

/**
 * Calls `visit` with a hash of each word, in lower case and without punctuation, `most` words at the most. A character of a
 * script without spaces is a word of its own.
 */
export function eachWord(text: string, most: number, visit: (hash: number) => void): void {
  const lower = text.toLowerCase()
  let words = 0
  let word = 0
  for (let at = 0; at < lower.length && words < most; at++) {
    const unit = lower.charCodeAt(at)
    if (isWordUnit(unit)) {
      if (word !== 0 && isOwnWord(unit)) {
        visit(word)
        words++
        word = 0
      }
      word = Math.imul((word || START) ^ unit, FACTOR)
      if (!isOwnWord(unit)) continue
    }
    if (word === 0) continue
    visit(word)
    words++
    word = 0
  }
  if (word !== 0 && words < most) visit(word)
}

/** Letters and digits; beyond ASCII all that is neither a space nor punctuation of the common blocks. */
function isWordUnit(unit: number): boolean {
  if (unit < 128) return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57)
  return unit >= 0xc0 && !(unit >= 0x2000 && unit <= 0x206f) && !(unit >= 0x3000 && unit <= 0x303f) && !(unit >= 0xff00 && unit <= 0xff0f)
}

/** Kana and Chinese characters. */
function isOwnWord(unit: number): boolean {
  return unit >= 0x3041 && unit <= 0x9fff
}
