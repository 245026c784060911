/** What it means to be asked in one way or another, in words. */
import type { Form } from '../../state/conversation.svelte.ts'

export interface Way {
  /** It goes on from words instead of answering. */
  raw: boolean
  /** Who speaks, or the open data, was of texts. */
  fromTexts: boolean
  /** The adapter that speaks; absent where the base is alone. */
  name?: string | undefined
  form: Form
}

/** One or two sentences for the way that is chosen. */
export function wayWords({ raw, fromTexts, name, form }: Way): string {
  const who = name === undefined ? 'The open data is texts' : `“${name}” learnt from texts`
  if (raw && fromTexts) return `${who}, so it goes on from your words as they are. Each beginning stands alone.`
  if (raw) return 'It goes on from your words as they are, with nothing around them. Each beginning stands alone.'
  if (fromTexts) return `${who}, not from questions: “Go on writing” asks as it learnt.`
  if (form === 'chat-template') return 'It answers, and you can ask on: each then goes on with its own conversation.'
  if (form === 'source-target') return 'It reads one input and writes one output. So each question stands alone: it hears nothing of those before.'
  return 'It is asked as one pair, an input and its output. So each question stands alone: it hears nothing of those before.'
}
