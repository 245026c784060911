/** A file's own division: its key or column "split", with the names that Hugging Face's datasets give the parts. */
import type { DatasetPart } from '../types.ts'

const PARTS: Readonly<Record<string, DatasetPart>> = {
  train: 'training', training: 'training',
  validation: 'validation', valid: 'validation', val: 'validation', dev: 'validation',
  eval: 'validation', evaluation: 'validation', test: 'validation', testing: 'validation',
}

/** The part that a cell names, in any case, or nothing to add where it names none. */
export function partOf(cell: unknown): { part?: DatasetPart } {
  const name = typeof cell === 'string' ? cell.trim().toLowerCase() : ''
  return Object.hasOwn(PARTS, name) ? { part: PARTS[name]! } : {}
}
