/** Where the assistant's words stand in a conversation that a chat template has rendered. */
import { HomespunError } from '../../errors.ts'
import { ANSWER_MARK } from '../tokenizer/end-ids.ts'
import type { Message } from '../types.ts'

export interface Span {
  start: number
  end: number
}

export interface RenderedChat {
  text: string
  /** What the model learns to write, in order; each with its end token where the template writes one. */
  spans: Span[]
}

type Render = (messages: readonly Message[], addGenerationPrompt: boolean) => string

/**
 * Templates are programs, so spans are found by rendering, not by reading the template. For each assistant message:
 * - start: where the conversation before it ends, rendered with the generation prompt, because the model goes on from
 *   exactly there when it is used. Where that is no beginning of the whole text, the place of the message's content;
 * - end: the same conversation is rendered with a mark in place of the content; what follows the mark also ends the whole
 *   text, and the content ends before it. Where the mark is lost (a template that takes content apart), the end of the
 *   conversation rendered up to this message;
 * - the end token, where it is the next thing after white space, belongs to the span.
 * `endTokens`: the end tokens as written. Throws 'chat-span-not-found', and what `render` throws for the whole.
 */
export function renderWithSpans(messages: readonly Message[], render: Render, endTokens: readonly string[]): RenderedChat {
  const text = render(messages, false)
  const spans: Span[] = []
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant' || message.weight === 0) continue
    spans.push(findSpan(text, messages, index, render, endTokens))
  }
  return { text, spans }
}

function findSpan(text: string, messages: readonly Message[], index: number, render: Render, endTokens: readonly string[]): Span {
  const before = attempt(() => render(messages.slice(0, index), true))
  const marked = attempt(() => render(messages.with(index, { role: 'assistant', content: ANSWER_MARK }), false))
  const mark = marked === undefined ? -1 : marked.indexOf(ANSWER_MARK)
  const around =
    marked === undefined || mark < 0 || mark !== marked.lastIndexOf(ANSWER_MARK)
      ? undefined
      : { head: marked.slice(0, mark), tail: marked.slice(mark + 1) }
  const start = [before, around?.head].find((head) => head !== undefined && text.startsWith(head))?.length
  const end = contentEnd(text, around?.tail) ?? turnEnd(text, attempt(() => render(messages.slice(0, index + 1), false)))
  if (start === undefined || end === undefined || end < start) {
    throw new HomespunError('chat-span-not-found', "The assistant's words cannot be told apart in what the chat template writes.", {
      where: `message ${index + 1}`, fix: 'Try it with fewer turns, or use the plain template.',
    })
  }
  return { start, end: end + endTokenLength(text.slice(end), endTokens) }
}

function contentEnd(text: string, tail: string | undefined): number | undefined {
  return tail !== undefined && text.endsWith(tail) ? text.length - tail.length : undefined
}

/** `upTo` holds the end token and what the template writes after it; the white space at its end belongs to the next turn. */
function turnEnd(text: string, upTo: string | undefined): number | undefined {
  return upTo !== undefined && text.startsWith(upTo) ? upTo.trimEnd().length : undefined
}

function endTokenLength(rest: string, endTokens: readonly string[]): number {
  const space = rest.length - rest.trimStart().length
  const token = endTokens.find((candidate) => rest.startsWith(candidate, space))
  return token === undefined ? 0 : space + token.length
}

/** Part of a conversation may be more than a template takes (it may ask for a user's message, say): then that way is closed. */
function attempt(render: () => string): string | undefined {
  try {
    return render()
  } catch {
    return undefined
  }
}
