/** When two examples say the same: every turn by the same role in the same words, space around them apart. */
import { exampleMessages } from '../example.ts'
import type { Example } from '../types.ts'
import { hashText } from './text-index.ts'

export function hashExample(example: Example): number {
  return exampleMessages(example).reduce((hash, { role, content }) => hashText(content.trim(), hashText(role, hash)), 0)
}

export function sayTheSame(one: Example, other: Example): boolean {
  const [first, second] = [exampleMessages(one), exampleMessages(other)]
  return (
    first.length === second.length &&
    first.every(({ role, content }, at) => role === second[at]?.role && content.trim() === second[at].content.trim())
  )
}
