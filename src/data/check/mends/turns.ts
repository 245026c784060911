/** Chats with their turns put in order. */
import type { Example, Message, RowChange } from '../../types.ts'
import { rowChange } from './texts.ts'

/** A mend that changes the messages of chats, each for itself. */
export function changeTurns(change: (messages: readonly Message[]) => readonly Message[]): (examples: readonly Example[], rows: ReadonlySet<number>) => RowChange[] {
  return (examples, rows) => examples.flatMap((example) =>
    example.kind === 'chat' && rows.has(example.row) ? rowChange(example, { ...example, messages: [...change(example.messages)] }) : [])
}
