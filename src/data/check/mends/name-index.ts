/** Finds known names in texts, many at once: by their first word. */

const CAPITALISED = /(?<![\p{L}\d])\p{Lu}[\p{L}\p{M}'’-]*/gu

export class NameIndex {
  readonly #byFirstWord = new Map<string, string[]>()

  constructor(names: Iterable<string>) {
    for (const name of new Set(names)) {
      const [first = ''] = name.match(CAPITALISED) ?? []
      const known = this.#byFirstWord.get(first) ?? []
      // The longest first, so that a full name is not taken for its first word.
      this.#byFirstWord.set(first, [...known, name].sort((one, two) => two.length - one.length))
    }
  }

  /** The text with each name replaced where it stands as whole words. */
  replace(text: string, replacement: (name: string) => string): string {
    if (this.#byFirstWord.size === 0) return text
    let done = 0
    let out = ''
    for (const { 0: word, index } of text.matchAll(CAPITALISED)) {
      if (index < done) continue
      const name = this.#byFirstWord.get(word)?.find((known) => text.startsWith(known, index) && !/^[\p{L}\d]/u.test(text.slice(index + known.length, index + known.length + 2)))
      if (name === undefined) continue
      out += text.slice(done, index) + replacement(name)
      done = index + name.length
    }
    return out + text.slice(done)
  }
}
