/**
 * Examples as the model sees them: tokens, and for each the weight of learning to write it. The prompt of an example is
 * encoded exactly as it is when the model is asked, so training and use never differ.
 */
import { HomespunError } from '../../errors.ts'
import { exampleMessages, exampleTools } from '../example.ts'
import { shieldDeep } from '../tokenizer/special.ts'
import type { Example, Finding, JsonObject, Message, PlainTemplate, PreviewToken, Template, TokenizedExample, Tokenizer } from '../types.ts'
import { isUnanswered, saysNothing, UNANSWERED } from '../unanswered.ts'
import { renderWithSpans } from './chat-spans.ts'
import { cutAway, cutExample, exampleTokens } from './cut.ts'
import { sourceAndTarget, sourceTokens, targetTokens } from './source-target.ts'
import { plainTurns } from './template.ts'

type Tools = readonly JsonObject[] | undefined

/** A weight belongs to predicting its token; nothing predicts the first, so its weight is 0. */
class TokenList {
  readonly ids: number[] = []
  readonly weights: number[] = []

  add(ids: readonly number[], learnt: boolean): void {
    for (const id of ids) {
      this.weights.push(learnt && this.ids.length > 0 ? 1 : 0)
      this.ids.push(id)
    }
  }
}

/**
 * A pair or chat: weight 1 on every answer and its end token. With the chat template these are the spans of chat-spans.ts;
 * with a plain template each answer is followed by the model's end token. A text: beginning token where the tokenizer puts
 * one, the text, end token; every token after the first has weight 1. With a model that has an encoder: weight 1 on the whole
 * output and its end token, and the input is the source.
 * Cut at `maxLength` tokens, counted in `truncated`. Throws 'chat-template-refused', 'chat-span-not-found', 'source-missing'.
 */
export function tokenizeExample(example: Example, tokenizer: Tokenizer, template: Template, maxLength: number): TokenizedExample {
  return cutExample(tokenizeWhole(example, tokenizer, template), maxLength)
}

function tokenizeWhole(example: Example, tokenizer: Tokenizer, template: Template): TokenizedExample {
  const list = new TokenList()
  let source: number[] | undefined
  if (template === 'source-target') {
    const { source: read, target, learnt } = sourceAndTarget(taughtMessages(example))
    source = sourceTokens(read, tokenizer)
    list.add(targetTokens(target, tokenizer), learnt)
  } else if (example.kind === 'text') {
    list.add(textTokens(example.text, tokenizer), true)
    list.add(tokenizer.endIds.slice(0, 1), true)
  } else if (template === 'chat-template') {
    addChat(list, taughtMessages(example), exampleTools(example), tokenizer)
  } else {
    addPlain(list, taughtMessages(example), tokenizer, template)
  }
  return {
    row: example.row,
    ...(source && { source: Uint32Array.from(source) }),
    tokens: Uint32Array.from(list.ids),
    weights: isUnanswered(example) ? new Float32Array(list.weights.length) : Float32Array.from(list.weights),
    truncated: 0,
  }
}

/** An answer that is still to be written teaches nothing, not even to say nothing. */
function taughtMessages(example: Example): readonly Message[] {
  return isUnanswered(example) ? exampleMessages(example) : exampleMessages(example).map((message) => (message.role === 'assistant' && saysNothing(message) ? { ...message, weight: 0 } : message))
}

/** A text from its beginning, with the beginning token where the tokenizer's configuration puts one; a source where there is an encoder. */
export function textTokens(text: string, tokenizer: Tokenizer): number[] {
  if (tokenizer.decoderStartId !== undefined) return sourceTokens([{ content: text }], tokenizer)
  return [...beginning(tokenizer), ...tokenizer.encode(text)]
}

/** What the model is given to answer these messages, in the form it was trained on. Throws 'chat-template-refused'. */
export function promptTokens(messages: readonly Message[], tokenizer: Tokenizer, template: Template, tools?: readonly JsonObject[]): number[] {
  if (template === 'source-target') return sourceTokens(messages, tokenizer)
  if (template === 'chat-template') {
    const rendered = renderShielded(messages, tools, tokenizer, true)
    return tokenizer.encode(rendered, { allowSpecial: true })
  }
  const list = new TokenList()
  addPlain(list, messages, tokenizer, template)
  return list.ids
}

function beginning(tokenizer: Tokenizer): number[] {
  return tokenizer.addsBos && tokenizer.bosId !== undefined ? [tokenizer.bosId] : []
}

function addPlain(list: TokenList, messages: readonly Message[], tokenizer: Tokenizer, template: PlainTemplate): void {
  list.add(beginning(tokenizer), false)
  for (const turn of plainTurns(messages, template)) {
    list.add(tokenizer.encode(turn.prompt), false)
    if (turn.answer === undefined) continue
    list.add(tokenizer.encode(turn.answer, { after: turn.prompt === '' ? 'start' : 'text' }), turn.learnt)
    list.add(tokenizer.endIds.slice(0, 1), turn.learnt)
  }
}

/** OpenAI's older role of what a tool answers is "function", which few templates know. */
function renderShielded(messages: readonly Message[], tools: Tools, tokenizer: Tokenizer, addGenerationPrompt: boolean): string {
  const shown = messages.map(({ weight: _, ...message }) => ({ ...message, role: message.role === 'function' ? 'tool' : message.role }))
  const shield = <T>(value: T): T => shieldDeep(value, tokenizer.specialTokens)
  return tokenizer.renderChat(shield(shown), { addGenerationPrompt, tools: tools && shield(tools) })
}

/** The rendered text is encoded in pieces that begin and end with the spans; what follows the last span teaches nothing and is left out. */
function addChat(list: TokenList, messages: readonly Message[], tools: Tools, tokenizer: Tokenizer): void {
  const endTokens = tokenizer.endIds.map((id) => tokenizer.decode([id])).filter((token) => token !== '')
  const render = (part: readonly Message[], prompt: boolean) => renderShielded(part, tools, tokenizer, prompt)
  const { text, spans } = renderWithSpans(messages, render, endTokens)
  const encodeNext = (piece: string): number[] => {
    const last = list.ids.at(-1)
    const after = last === undefined ? 'start' : tokenizer.specialIds.has(last) ? 'special' : 'text'
    return tokenizer.encode(piece, { allowSpecial: true, after })
  }
  let done = 0
  for (const { start, end } of spans) {
    list.add(encodeNext(text.slice(done, start)), false)
    list.add(encodeNext(text.slice(start, end)), true)
    done = end
  }
  const last = list.ids.at(-1)
  // A template that writes no end token after the last answer would teach a model that never stops.
  if (spans.length > 0 && last !== undefined && !tokenizer.endIds.includes(last)) list.add(tokenizer.endIds.slice(0, 1), true)
}

export interface TokenizedDataset {
  /** By example; undefined where it cannot be trained on, which `findings` explains. */
  examples: (TokenizedExample | undefined)[]
  findings: Finding[]
}

/** Every example; one that fails, or whose answer is cut away whole, is reported by row and the rest goes on. */
export function tokenizeExamples(
  examples: readonly Example[], tokenizer: Tokenizer, template: Template, maxLength: number,
): TokenizedDataset {
  const findings: Finding[] = []
  const tokenized = examples.map((example) => {
    const result = tokenizeOrReport(example, tokenizer, template, maxLength, findings)
    if (!result) return undefined
    const { row, truncated } = result
    const length = exampleTokens(result) + truncated
    if (!result.weights.some((weight) => weight > 0)) {
      const message = truncated > 0
        ? `Nothing of the answer is left: the example has ${length} tokens and is cut after ${maxLength}.`
        : 'There is nothing to learn in this example.'
      findings.push({ row, code: 'all-masked', severity: 'skipped', message, fix: 'Shorten the prompt or allow longer examples.' })
      return undefined
    }
    if (truncated > 0) {
      const message = `${length} tokens, cut after ${maxLength}: the last ${truncated} are not learnt.`
      findings.push({ row, code: 'too-long', severity: 'note', message, fix: 'Shorten it or allow longer examples.' })
    }
    return result
  })
  return { examples: tokenized, findings: [...findings, ...unusedTools(examples, tokenizer, template)] }
}

/** Tools that a row names, where the template writes nothing of them: said once for all such rows. */
function unusedTools(examples: readonly Example[], tokenizer: Tokenizer, template: Template): Finding[] {
  const rows = examples.filter((example) => exampleTools(example) && !writesTools(example, tokenizer, template)).map(({ row }) => row)
  const [row, ...others] = rows
  if (row === undefined) return []
  const message = 'The row names tools, and what the model reads has no place for them: it learns the calls without knowing the tools.'
  return [{ row, code: 'tools-unused', severity: 'note', message, fix: 'Use a model whose chat template takes tools, or describe them in the system message.', others }]
}

function writesTools(example: Example, tokenizer: Tokenizer, template: Template): boolean {
  if (template !== 'chat-template') return false
  try {
    const render = (tools: Tools) => renderShielded(exampleMessages(example), tools, tokenizer, false)
    return render(exampleTools(example)) !== render(undefined)
  } catch (error) {
    // A template that refuses the row has been reported with it.
    if (error instanceof HomespunError) return true
    throw error
  }
}

function tokenizeOrReport(
  example: Example, tokenizer: Tokenizer, template: Template, maxLength: number, findings: Finding[],
): TokenizedExample | undefined {
  if (isUnanswered(example)) {
    findings.push({ row: example.row, ...UNANSWERED })
    return undefined
  }
  try {
    return tokenizeExample(example, tokenizer, template, maxLength)
  } catch (error) {
    if (!(error instanceof HomespunError)) throw error
    const { code, what, fix } = error
    findings.push({ row: example.row, code, severity: 'skipped', message: what, ...(fix === undefined ? {} : { fix }) })
    return undefined
  }
}

/** All tokens of an example one by one, for a person to see which the model learns and which `maxLength` cuts away. Throws like `tokenizeExample`. */
export function previewTokens(example: Example, tokenizer: Tokenizer, template: Template, maxLength: number): PreviewToken[] {
  const whole = tokenizeWhole(example, tokenizer, template)
  const cut = cutAway(whole, maxLength)
  const shown = (id: number, learnt: boolean, isCut = false) => ({
    text: tokenizer.tokenText(id), id, learnt: learnt && !isCut, special: tokenizer.specialIds.has(id), cut: isCut,
  })
  return [
    ...Array.from(whole.source ?? [], (id, index) => shown(id, false, cut.source[index])),
    ...Array.from(whole.tokens, (id, index) => shown(id, (whole.weights[index] ?? 0) > 0, cut.tokens[index])),
  ]
}
