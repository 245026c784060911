/** Examples as kept: one a line, with everything that reading found out about them. */
import { HomespunError } from '../../errors.ts'
import { joined } from '../bytes.ts'
import type { Example } from '../types.ts'

const KINDS: readonly unknown[] = ['pair', 'chat', 'text'] satisfies Example['kind'][]
/** Lines encoded at a time, so that no string grows as large as the whole. */
const LINES = 10_000

/** UTF-8, a JSON object a line: the same examples give the same bytes. */
export function encodeExamples(examples: readonly Example[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const parts: Uint8Array[] = []
  for (let from = 0; from < examples.length; from += LINES) {
    parts.push(encoder.encode(examples.slice(from, from + LINES).map((example) => `${JSON.stringify(example)}\n`).join('')))
  }
  return joined(parts)
}

/** Throws 'storage-newer' for lines of a kind that this version does not know. */
export function decodeExamples(bytes: Uint8Array): Example[] {
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\n')
  return lines.filter((line) => line !== '').map((line) => {
    const example = JSON.parse(line) as Example
    if (KINDS.includes(example.kind)) return example
    throw new HomespunError('storage-newer', 'This dataset was kept by another version of this page.', { fix: 'Reload the page. It was left untouched.' })
  })
}
