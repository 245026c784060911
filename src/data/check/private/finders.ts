/** All that is looked for, the surest first: a card's number is no telephone's. */
import { findCards } from './card.ts'
import { findEmails } from './email.ts'
import { findIbans } from './iban.ts'
import { findIpAddresses } from './ip.ts'
import { findAll, type PrivateMatch } from './match.ts'
import { findNames } from './name.ts'
import { findPhones } from './phone.ts'
import { findSecrets } from './secret.ts'

const NUMBERS = [findIbans, findCards, findIpAddresses, findPhones]
const FEWEST_DIGITS = 4

/** Personal data, by place. Secrets are left to `findSecrets`. */
export function findPersonal(text: string): PrivateMatch[] {
  return findAll(text, [findSecrets, findEmails, ...(hasDigits(text) ? NUMBERS : []), findNames]).filter(({ kind }) => kind !== 'secret')
}

function hasDigits(text: string): boolean {
  let digits = 0
  for (let at = 0; at < text.length && digits < FEWEST_DIGITS; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 48 && unit <= 57) digits++
  }
  return digits >= FEWEST_DIGITS
}

/** Texts longer than this are looked through in pieces. */
const PIECE = 65_536
const LATEST_CUT = 2000

/** A long text in pieces that end between lines or words, so that nothing that is looked for is cut. */
export function* pieces(text: string): Generator<string, void, undefined> {
  let start = 0
  while (text.length - start > PIECE) {
    const window = text.slice(start + PIECE - LATEST_CUT, start + PIECE)
    const cut = Math.max(window.lastIndexOf('\n'), window.lastIndexOf(' '))
    const end = start + PIECE - (cut < 0 ? 0 : LATEST_CUT - cut)
    yield text.slice(start, end)
    start = end
  }
  yield start === 0 ? text : text.slice(start)
}
