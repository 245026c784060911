/** Who speaks when, in chats. */
import type { Message } from '../../types.ts'
import { joinedTurns } from '../turns.ts'
import { eachExample, type CheckData, type Report } from '../data.ts'

interface Trouble {
  code: string
  message: string
  fix: string
  mend?: string
}

/**
 * "example_missing_assistant_message" and the missing user are the notebook's; that turns alternate is asked for by Together
 * and by the chat templates of several families.
 */
export function* checkRoles(data: CheckData, report: Report): Generator<number, void, undefined> {
  for (const [, example, done] of eachExample(data)) {
    if (example.kind === 'chat') for (const trouble of roleTroubles(example.messages)) report({ row: example.row, severity: 'note', ...trouble })
    yield done
  }
}

function roleTroubles(messages: readonly Message[]): Trouble[] {
  const roles = messages.map(({ role }) => role)
  const troubles: Trouble[] = []
  if (!roles.includes('assistant')) {
    const fix = 'End the conversation with the answer to be learnt.'
    return [{ code: 'example_missing_assistant_message', message: 'No message is from the assistant.', fix }]
  }
  if (!roles.includes('user')) troubles.push({ code: 'missing_user', message: 'No message is from the user.', fix: 'Begin with what the user says.' })
  const first = roles.find((role) => role !== 'system')
  if (first === 'assistant' && roles.includes('user')) {
    troubles.push({ code: 'assistant-first', message: 'The assistant speaks first, which some chat templates refuse.', fix: 'Begin with what the user says.' })
  }
  const late = roles.lastIndexOf('system')
  if (late > 0) troubles.push({ code: 'system-not-first', message: `Message ${late + 1} is from the system, which speaks first or not at all.`, fix: 'Move it to the beginning.', mend: 'system-first' })
  const twice = roles.findIndex((role, at) => (role === 'user' || role === 'assistant') && role === roles[at + 1])
  if (twice >= 0) {
    const message = `Messages ${twice + 1} and ${twice + 2} are both from the ${roles[twice]}: turns should alternate.`
    const mend = joinedTurns(messages) === messages ? {} : { mend: 'join-turns' }
    troubles.push({ code: 'roles-alternate', message, fix: 'Join them into one, or write the turn between them.', ...mend })
  }
  const last = roles.at(-1)
  if (last !== 'assistant') {
    troubles.push({ code: 'last-not-assistant', message: `The last message is from the ${last}: what follows the last answer is not learnt.`, fix: 'End with an answer.', mend: 'drop-after-answer' })
  }
  return troubles
}
