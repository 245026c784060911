/** All that is looked for, the surest first: a card's number is no telephone's. */
import { findCards } from './card.ts'
import { findEmails } from './email.ts'
import { findIbans } from './iban.ts'
import { findIpAddresses } from './ip.ts'
import { findAll, type Finder, type PrivateMatch } from './match.ts'
import { findNames } from './name.ts'
import { findPhones } from './phone.ts'
import { findKeys, findPasswords } from './secret.ts'
import { traitsOf } from './traits.ts'

/** Fewer digits make no number that is looked for, a shorter stretch no key. */
const FEWEST_DIGITS = 7
const SHORTEST_KEY = 16

/** Likely secrets and personal data, by place. */
export function findPrivate(text: string): PrivateMatch[] {
  const { digits, hasAt, longestRun, hasMixture } = traitsOf(text)
  const finders: Finder[] = []
  if (longestRun >= SHORTEST_KEY || hasAt) finders.push(findKeys)
  if (hasMixture) finders.push(findPasswords)
  if (hasAt) finders.push(findEmails)
  if (digits >= FEWEST_DIGITS) finders.push(findIbans, findCards, findIpAddresses, findPhones)
  finders.push(findNames)
  return findAll(text, finders)
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
