/** The turns of a chat put in order. Each gives the messages back as they are where there is nothing to do. */
import type { Message } from '../types.ts'

type Turns = readonly Message[]

/** Without what comes after the last answer: nothing of it is learnt. */
export function untilLastAnswer(messages: Turns): Turns {
  const last = messages.findLastIndex(({ role }) => role === 'assistant')
  return last < 0 ? messages : messages.slice(0, last + 1)
}

/** What the system says, in one message at the beginning. */
export function systemFirst(messages: Turns): Turns {
  const system = messages.filter(({ role }) => role === 'system')
  if (messages.lastIndexOf(system.at(-1)!) < 1) return messages
  const content = system.map((message) => message.content).join('\n\n')
  return [{ ...system[0]!, content }, ...messages.filter(({ role }) => role !== 'system')]
}

/** Messages of one speaker that follow each other, made one: with a blank line between them. */
export function joinedTurns(messages: Turns): Turns {
  const turns: Message[] = []
  for (const message of messages) {
    const before = turns.at(-1)
    if (before && belongTogether(before, message)) turns.splice(-1, 1, joined(before, message))
    else turns.push(message)
  }
  return turns.length < messages.length ? turns : messages
}

/** The same person or model, learnt alike or not; what is said after a call of a tool would be said before it. */
function belongTogether(one: Message, other: Message): boolean {
  return (one.role === 'user' || one.role === 'assistant') && one.role === other.role && one.name === other.name &&
    (one.weight ?? 1) === (other.weight ?? 1) && one.tool_calls === undefined
}

function joined(one: Message, other: Message): Message {
  const content = [one.content, other.content].filter((text) => text !== '').join('\n\n')
  return { ...one, content, ...(other.tool_calls && { tool_calls: other.tool_calls }) }
}
