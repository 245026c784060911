/** White space that would not be seen is drawn: a line break as ⏎, a tab as ⇥. */
export function visible(text: string): string {
  return text.replaceAll('\n', '⏎').replaceAll('\t', '⇥').replaceAll(' ', '\u00a0')
}
