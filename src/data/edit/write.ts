/** A dataset as a file for other tools: JSONL pairs, or OpenAI's chat format; split, group and origin are written with every row. */
import { exampleColumns, exampleMessages } from '../example.ts'
import type { DatasetSplit } from '../split.ts'
import type { Example } from '../types.ts'

/** Lines joined at a time, so that no string grows as large as the whole. */
const LINES = 10_000

/** A text stays a text in either format: it has no question. */
export function datasetFile(
  name: string, examples: readonly Example[], split: DatasetSplit, format: 'pairs' | 'openai-chat',
): { fileName: string; file: Blob } {
  const validation = new Set(split.validation)
  const parts: string[] = []
  for (let from = 0; from < examples.length; from += LINES) {
    const lines = examples.slice(from, from + LINES).map((example, offset) => {
      const part = validation.size === 0 ? {} : { split: validation.has(from + offset) ? 'validation' : 'train' }
      const { group, origin } = example
      return `${JSON.stringify({ ...record(example, format), ...part, ...(group && { group }), ...(origin && { origin }) })}\n`
    })
    parts.push(lines.join(''))
  }
  const stem = name.replace(/\.[^.]+$/, '')
  const fileName = format === 'pairs' ? `${stem}-pairs.jsonl` : `${stem}-chat.jsonl`
  return { fileName, file: new Blob(parts, { type: 'application/jsonl' }) }
}

function record(example: Example, format: 'pairs' | 'openai-chat'): object {
  if (example.kind === 'text') return { text: example.text }
  if (format === 'pairs' && example.kind === 'pair') return { input: example.input, output: example.output }
  if (format === 'pairs') return exampleColumns(example)
  const tools = example.kind === 'chat' && example.tools ? { tools: example.tools } : {}
  return { messages: exampleMessages(example), ...tools }
}
