/** A template as Ollama writes them, in Go's text/template, for the same words as the model was taught with. */
import type { Message, PlainTemplate, Template, Tokenizer } from '../types.ts'

/** Text as it is. Two braces would begin an action, and three quotes end the template in a Modelfile. */
const literal = (text: string) => text.replaceAll('{{', '{{ "{{" }}').replaceAll('"""', '{{ "\\"\\"\\"" }}')

type Renderer = Pick<Tokenizer, 'renderChat' | 'decode' | 'addsBos' | 'bosId' | 'endIds'>

/** What stands for each message; no template looks for these, and no trimming removes them. */
const [SYSTEM, USER, ANSWER, NEXT] = ['\uFDD2', '\uFDD3', '\uFDD4', '\uFDD5'] as const

/** The template; undefined where the model's own takes no plain conversation, or has an encoder. The runtime puts BOS before it. */
export function goTemplate(template: Template, tokenizer: Renderer): string | undefined {
  if (template === 'source-target') return undefined
  if (template === 'chat-template') return fromChat(tokenizer)
  return fromPlain(template, tokenizer)
}

/** A system message and the prompt are one input, an empty line between them; what is asked again begins anew. */
function fromPlain({ prompt }: PlainTemplate, tokenizer: Renderer): string {
  const [end] = tokenizer.endIds
  const asked = '{{ if .System }}{{ .System }}\n\n{{ end }}{{ .Prompt }}'
  return `${prompt.split('{input}').map(literal).join(asked)}{{ .Response }}${end === undefined ? '' : literal(tokenizer.decode([end]))}`
}

/** Seen from outside: the template is given marks in place of messages, and what it writes around them is taken over. */
function fromChat(tokenizer: Renderer): string | undefined {
  const bos = tokenizer.bosId === undefined ? '' : tokenizer.decode([tokenizer.bosId])
  const render = (messages: readonly Message[], addGenerationPrompt: boolean) => {
    const text = tokenizer.renderChat(messages, { addGenerationPrompt })
    return bos !== '' && text.startsWith(bos) ? text.slice(bos.length) : text
  }
  const [user, answer, next] = [
    { role: 'user', content: USER },
    { role: 'assistant', content: ANSWER },
    { role: 'user', content: NEXT },
  ] as const
  try {
    const [head, asks] = cut(render([user], true), USER)
    const [, , tail] = cut(render([user, answer], false), USER, ANSWER)
    const [, , between] = cut(render([user, answer, next], true), USER, ANSWER, NEXT)
    if (!between.startsWith(tail)) return undefined
    const userHead = between.slice(tail.length)
    if (!head.endsWith(userHead)) return undefined
    const opening = literal(head.slice(0, head.length - userHead.length))
    const system = systemPart(render, user, userHead)
    return [
      opening === '' ? '' : `{{ if not .System }}${opening}{{ end }}`,
      '{{ range .Messages }}',
      system === undefined ? '{{ if false }}' : `{{ if eq .Role "system" }}${system}`,
      `{{ else if eq .Role "user" }}${literal(userHead)}{{ .Content }}${literal(asks)}`,
      `{{ else if eq .Role "assistant" }}{{ .Content }}${literal(tail)}{{ end }}{{ end }}`,
    ].join('')
  } catch {
    // A template that refuses even this is not put into other words.
    return undefined
  }
}

/** Undefined where the template takes no system message, or writes it into the user's. */
function systemPart(
  render: (messages: readonly Message[], prompt: boolean) => string,
  user: Message,
  userHead: string,
): string | undefined {
  try {
    const [head, between] = cut(render([{ role: 'system', content: SYSTEM }, user], true), SYSTEM, USER)
    if (!between.endsWith(userHead)) return undefined
    return `${literal(head)}{{ .Content }}${literal(between.slice(0, between.length - userHead.length))}`
  } catch {
    return undefined
  }
}

/** The text before, between and after marks. Throws where one is not there exactly once. */
function cut(text: string, ...marks: string[]): [string, string, string, string] {
  const parts: string[] = []
  let rest = text
  for (const mark of marks) {
    const [before, after, ...more] = rest.split(mark)
    if (before === undefined || after === undefined || more.length > 0) {
      throw new RangeError('The template does not write each message once.')
    }
    parts.push(before)
    rest = after
  }
  return [...parts, rest, '', '', ''].slice(0, 4) as [string, string, string, string]
}
