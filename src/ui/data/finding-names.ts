/** Kinds of findings and what is done about them, in a person's words. */

const MEND_LABELS: Readonly<Record<string, string>> = {
  'anonymise': 'Replace with marks like [NAME_1]',
  'delete-duplicates': 'Keep one of each',
  'delete-empty': 'Delete the empty rows',
  'delete-leaks': 'Delete these rows',
  'delete-near-duplicates': 'Keep one of each',
  'lower-case': 'Write in lower case',
  'mask-secrets': 'Replace with [SECRET]',
  'remove-invisible': 'Remove these characters',
  'trim-spaces': 'Remove these spaces',
  'unify-labels': 'Write them alike',
  'drop-input-prefix': 'Drop what all inputs begin with',
  'drop-output-prefix': 'Drop what all outputs begin with',
}

/** "near-duplicate" as "near duplicate". */
export function findingName(code: string): string {
  return code.replace(/[-_]/g, ' ')
}

export function mendLabel(mend: string): string {
  return MEND_LABELS[mend] ?? `Mend: ${findingName(mend)}`
}
