/** Every check, in the order in which they run: the quick ones first. */
import type { Check } from './data.ts'
import { checkEmpty } from './rows/empty.ts'
import { checkLength } from './rows/length.ts'
import { checkRoles } from './rows/roles.ts'
import { checkSize } from './whole/size.ts'
import { checkSystemMessages } from './whole/system-messages.ts'

export const CHECKS: readonly Check[] = [checkSize, checkEmpty, checkRoles, checkSystemMessages, checkLength]
