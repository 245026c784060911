/**
 * A dataset as a file for other tools: JSONL pairs, or OpenAI's chat format. Split, group, origin and an answer that was not chosen
 * are written with every row; where every row has such an answer, in the layouts that TRL and OpenAI have for preferences.
 */
import { exampleColumns, exampleMessages, exampleTools } from '../example.ts'
import type { DatasetSplit } from '../split.ts'
import type { Example, JsonObject, Message } from '../types.ts'

type Format = 'pairs' | 'openai-chat'

/** Lines joined at a time, so that no string grows as large as the whole. */
const LINES = 10_000

/** A text stays a text in either format: it has no question. */
export function datasetFile(name: string, examples: readonly Example[], split: DatasetSplit, format: Format): { fileName: string; file: Blob } {
  const validation = new Set(split.validation)
  const write = examples.length > 0 && examples.every(endsWithChoice) ? WRITE_PREFERENCES[format] : plain(format)
  const parts: string[] = []
  for (let from = 0; from < examples.length; from += LINES) {
    const lines = examples.slice(from, from + LINES).map((example, offset) => {
      const part = validation.size === 0 ? {} : { split: validation.has(from + offset) ? 'validation' : 'train' }
      const { group, origin } = example
      return `${JSON.stringify({ ...write(example), ...part, ...(group && { group }), ...(origin && { origin }) })}\n`
    })
    parts.push(lines.join(''))
  }
  const stem = name.replace(/\.[^.]+$/, '')
  const fileName = format === 'pairs' ? `${stem}-pairs.jsonl` : `${stem}-chat.jsonl`
  return { fileName, file: new Blob(parts, { type: 'application/jsonl' }) }
}

/** Whether a row is a question and two answers to it. */
function endsWithChoice(example: Example): boolean {
  return example.rejected !== undefined && example.kind !== 'text' && exampleMessages(example).at(-1)?.role === 'assistant'
}

const plain = (format: Format) => (example: Example): JsonObject => {
  const rejected = example.rejected === undefined ? {} : { rejected: example.rejected }
  if (example.kind === 'text') return { text: example.text, ...rejected }
  if (format === 'pairs') return { ...exampleColumns(example), ...rejected }
  return { messages: exampleMessages(example).map(asOpenAi), ...toolsOf(example), ...rejected }
}

const WRITE_PREFERENCES: Record<Format, (example: Example) => JsonObject> = {
  pairs(example) {
    const { input, output } = exampleColumns(example)
    return { prompt: input, chosen: output, rejected: example.rejected }
  },
  'openai-chat'(example) {
    const messages = exampleMessages(example).map(asOpenAi)
    return {
      input: { messages: messages.slice(0, -1).map(({ weight: _, ...message }) => message), ...toolsOf(example) },
      preferred_output: messages.slice(-1).map(({ weight: _, ...message }) => message),
      non_preferred_output: [{ role: 'assistant', content: example.rejected }],
    }
  },
}

function toolsOf(example: Example): JsonObject {
  const tools = exampleTools(example)
  return tools ? { tools } : {}
}

/** Arguments of calls are text there: JSON that is written out. */
function asOpenAi({ tool_calls: calls, ...message }: Message): JsonObject {
  if (!calls) return message
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return { ...message, tool_calls: calls.map((call) => ({ ...call, function: { ...call.function, arguments: text(call.function.arguments) } })) }
}
