/** Fields with nothing in them, under the names of OpenAI's older CLI and, for messages, of its notebook. */
import type { Example, Message } from '../../types.ts'
import { isUnanswered, UNANSWERED } from '../../unanswered.ts'
import { eachExample, type CheckData, type Report } from '../data.ts'

export function* checkEmpty(data: CheckData, report: Report): Generator<number, void, undefined> {
  for (const [, example, done] of eachExample(data)) {
    const found = isUnanswered(example) ? UNANSWERED : emptyField(example)
    if (found) report({ row: example.row, severity: 'note', ...found })
    yield done
  }
}

const DELETE = { fix: 'Write the answer, or delete the row.', mend: 'delete-empty' }

function emptyField(example: Example): { code: string; message: string; fix: string; mend?: string } | undefined {
  switch (example.kind) {
    case 'text':
      return isBlank(example.text) ? { code: 'empty_completion', message: 'The text is empty.', ...DELETE } : undefined
    case 'pair':
      if (isBlank(example.output)) return { code: 'empty_completion', message: 'The output is empty: the model would learn to say nothing.', ...DELETE }
      if (isBlank(example.input)) return { code: 'empty_prompt', message: 'The input is empty.', fix: 'Write what the output answers.' }
      return undefined
    case 'chat':
      return emptyMessage(example.messages)
  }
}

function emptyMessage(messages: readonly Message[]): ReturnType<typeof emptyField> {
  const answers = messages.filter(({ role }) => role === 'assistant')
  if (answers.every(saysNothing)) return { code: 'empty_completion', message: 'No answer has any text.', ...DELETE }
  const place = messages.findIndex(saysNothing)
  if (place < 0) return undefined
  return { code: 'missing_content', message: `Message ${place + 1} has no text.`, fix: 'Write it, or delete the message.' }
}

/** A message may call a tool in place of saying something. */
function saysNothing({ content, tool_calls: calls = [] }: Message): boolean {
  return isBlank(content) && calls.length === 0
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}
