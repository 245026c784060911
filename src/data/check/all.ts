/** Every check, in the order in which they run: the quick ones first. */
import type { Check } from './data.ts'
import { checkNearDuplicates } from './near/check.ts'
import { checkCharacters } from './rows/characters.ts'
import { checkEmpty } from './rows/empty.ts'
import { checkLength } from './rows/length.ts'
import { checkPrivate } from './rows/private.ts'
import { checkRoles } from './rows/roles.ts'
import { checkSpaces } from './rows/spaces.ts'
import { checkSpecialTokens } from './rows/special-tokens.ts'
import { checkUppercase } from './rows/uppercase.ts'
import { checkAffixes } from './whole/affixes.ts'
import { checkBoilerplate } from './whole/boilerplate.ts'
import { checkConflicts } from './whole/conflicts.ts'
import { checkDuplicates } from './whole/duplicates.ts'
import { checkGroups } from './whole/groups.ts'
import { checkLabels } from './whole/labels.ts'
import { checkLanguage } from './whole/language.ts'
import { checkLengthSpread } from './whole/length-spread.ts'
import { checkSize } from './whole/size.ts'
import { checkSystemMessages } from './whole/system-messages.ts'

export const CHECKS: readonly Check[] = [
  checkSize, checkEmpty, checkRoles, checkSystemMessages, checkLength, checkSpaces, checkAffixes, checkLabels, checkLengthSpread,
  checkBoilerplate, checkUppercase, checkCharacters, checkSpecialTokens, checkDuplicates, checkConflicts, checkGroups, checkPrivate,
  checkLanguage, checkNearDuplicates,
]
