/** Chats without a system message among chats that have one. */
import { count, eachExample, type CheckData, type Report } from '../data.ts'

/** The notebook counts every chat without one; where none has one, that is how the data is meant. */
export function* checkSystemMessages(data: CheckData, report: Report): Generator<number, void, undefined> {
  const without: number[] = []
  let chats = 0
  for (const [, example, done] of eachExample(data)) {
    if (example.kind === 'chat') {
      chats++
      if (!example.messages.some(({ role }) => role === 'system')) without.push(example.row)
    }
    yield done
  }
  if (without.length === 0 || without.length === chats) return
  const message = `${count(without.length)} of ${count(chats, 'chat')} have no system message, while the others have one.`
  report({ row: 0, code: 'missing_system', severity: 'info', message, fix: 'Give all of them one, or none.', others: without })
}
