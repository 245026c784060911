/** Numbers of payment cards: a known issuer's first digits and length, and a right check digit (Luhn, ISO/IEC 7812). */
import { matchesOf, type PrivateMatch } from './match.ts'

const CANDIDATE = /(?<![\w.,-])\d(?:[ -]?\d){12,18}(?![\w-]|[.,]\d)/g
const GROUPS = /^(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5})$/
const ISSUERS =
  /^(?:4\d{12}(?:\d{3})?(?:\d{3})?|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35\d{14}|3(?:0[0-5]|[689]\d)\d{11}|(?:50|5[6-9]|6\d)\d{10,17})$/

export function findCards(text: string): PrivateMatch[] {
  return matchesOf(text, CANDIDATE, 'card', 'a card number with a right check digit', (found) => {
    const digits = found.replace(/\D/g, '')
    return GROUPS.test(found) && ISSUERS.test(digits) && !/^(\d)\1+$/.test(digits) && passesLuhn(digits) ? digits : undefined
  })
}

/** From the right, every second digit doubled, digits of two added up: the sum is a multiple of ten. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits.at(-1 - at))
    const doubled = at % 2 === 1 ? 2 * digit : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
