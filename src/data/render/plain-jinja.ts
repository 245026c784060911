/** The plain template as a chat template in Jinja, for programs that know no other: they then ask as the model was taught. */
import type { PlainTemplate } from '../types.ts'

/** `begin` and `end` are tokens as text: what stands before every text (may be empty), and what ends an answer. */
export function plainChatTemplate({ prompt, answer }: PlainTemplate, begin: string, end: string): string {
  const filled = (text: string, place: string, value: string) =>
    text.split(place).map((part) => JSON.stringify(part)).join(` + ${value} + `)
  const turn = filled(prompt, '{input}', 'turn.input')
  const reply = filled(answer, '{output}', "message['content']")
  return [
    `{{- ${JSON.stringify(begin)} }}`,
    "{%- set turn = namespace(input='', open=false) %}",
    '{%- for message in messages %}',
    "{%- if message['role'] == 'assistant' %}",
    `{{- ${turn} + ${reply} + ${JSON.stringify(end)} }}`,
    "{%- set turn.input = '' %}{%- set turn.open = false %}",
    '{%- else %}',
    "{%- set turn.input = (turn.input + '\\n\\n' if turn.open else '') + message['content'] %}{%- set turn.open = true %}",
    '{%- endif %}',
    '{%- endfor %}',
    `{%- if turn.open %}{{- ${turn} }}{%- endif %}`,
  ].join('')
}
