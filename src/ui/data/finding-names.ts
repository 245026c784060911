/** Kinds of findings and what is done about them, in a person's words. */

const MEND_LABELS: Readonly<Record<string, string>> = {
  'delete-duplicates': 'Keep one of each',
  'delete-empty': 'Delete the empty rows',
  'delete-leaks': 'Delete these rows',
  'delete-near-duplicates': 'Keep one of each',
  'drop-after-answer': 'Drop what comes after the last answer',
  'join-turns': 'Join turns of one speaker',
  'lower-case': 'Write in lower case',
  'mask-secrets': 'Replace with [SECRET]',
  'remove-invisible': 'Remove these characters',
  'system-first': 'Move it to the beginning',
  'trim-spaces': 'Remove these spaces',
  'unify-labels': 'Write them alike',
  'drop-input-prefix': 'Drop what all inputs begin with',
  'drop-output-prefix': 'Drop what all outputs begin with',
}

/** "near-duplicate" as "near duplicate". */
export function findingName(code: string): string {
  return code.replace(/[-_]/g, ' ')
}

/** `code`: of the findings that it takes away. */
export function mendLabel(mend: string, code: string): string {
  if (mend === 'anonymise') return `Replace with marks like [${code.replace('personal-', '').toUpperCase()}_1]`
  return MEND_LABELS[mend] ?? `Mend: ${findingName(mend)}`
}
