/** When two examples say the same: every turn by the same role in the same words with the same calls, space around them apart. */
import { exampleMessages, messageText } from '../example.ts'
import type { Example } from '../types.ts'
import { hashText } from './text-index.ts'

export function hashExample(example: Example): number {
  return exampleMessages(example).reduce((hash, message) => hashText(messageText(message).trim(), hashText(message.role, hash)), 0)
}

export function sayTheSame(one: Example, other: Example): boolean {
  const [first, second] = [exampleMessages(one), exampleMessages(other)]
  return (
    first.length === second.length &&
    first.every((message, at) => message.role === second[at]?.role && messageText(message).trim() === messageText(second[at]).trim())
  )
}
