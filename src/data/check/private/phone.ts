/** Telephone numbers: as they are written internationally, in North America, with a leading zero, or after a word that says so. */
import { matchesOf, type PrivateMatch } from './match.ts'

const CANDIDATE = /(?<![\p{L}\d_.,:/#-]|\d )(?:\+|\(\+?)?\d[\d ()./-]{5,20}\d(?![\p{L}\d_]|[-./:,]\d)/gu
const INTERNATIONAL = /^\(?\+[1-9]/
/** Area code and exchange begin with 2 to 9. */
const NORTH_AMERICAN = /^(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}$/
/** A zero, then groups parted by space, hyphen or slash. */
const TRUNK = /^\(?0[1-9]\d{1,4}\)?(?:[ /-]\d{2,8}){1,5}$/
const SAID = /\b(?:phone|tel|call|calling|mobile|cell|fax|whats\s?app|ring|sms|text|reach|telefon|handy|mobil|rufnummer|t[ée]l[ée]phone|portable|tel[ée]fono|m[óo]vil|telefono|cellulare)\b[\p{L}'’.:# ]{0,24}$/iu
const DATE = /^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4})$|^(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d$/

export function findPhones(text: string): PrivateMatch[] {
  return matchesOf(text, CANDIDATE, 'phone', 'a telephone number', (found, at) => {
    const digits = found.replace(/\D/g, '')
    if (digits.length < 7 || digits.length > 15 || DATE.test(found)) return undefined
    const isPhone =
      (INTERNATIONAL.test(found) && digits.length >= 9) ||
      NORTH_AMERICAN.test(found) ||
      (TRUNK.test(found) && digits.length >= 9) ||
      (digits.startsWith('00') && digits.length >= 11 && /\D/.test(found)) ||
      SAID.test(text.slice(Math.max(0, at - 40), at))
    return isPhone ? digits.replace(/^00/, '') : undefined
  })
}
