/** Whether Thimble opens by itself on the next visit: until the person chooses another model. */
import { keepChoice, readChoice } from './choice.ts'

const key = 'homespun.thimble'

export function doesThimbleOpen(): boolean {
  return readChoice(key) !== 'closed'
}

export function thimbleOpensByItself(opens: boolean): void {
  keepChoice(key, opens ? undefined : 'closed')
}
