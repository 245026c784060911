/** A data file opened for a command; its problems are told by row. */
import { basename } from 'node:path'
import { OpenData, type SplitSettings } from '../service/open-data.ts'
import type { OpenModel } from '../service/open-model.ts'
import { readBytes } from './folders.ts'
import type { Output } from './output.ts'

/** Problems that are told one by one; the rest is counted. */
const MOST_TOLD = 10

/** Nothing set aside. */
export const UNSPLIT: SplitSettings = { validationFraction: 0, seed: 1 }

/** Throws 'file-unreadable' and what `OpenData.read` throws. */
export async function openDataFile(path: string, split: SplitSettings): Promise<OpenData> {
  return OpenData.read(await readBytes(path), basename(path), split)
}

/** Every problem of the file and of its examples with this model. */
export function tellFindings(data: OpenData, model: OpenModel, output: Output): void {
  data.tokens(model).countAll()
  const { name, findings } = data.summary(model)
  for (const { row, message, fix, severity } of findings.slice(0, MOST_TOLD)) {
    const left = severity === 'skipped' ? ' The row is left out.' : ''
    output.note(`${name}, row ${row}: ${message}${left}${fix ? ` ${fix}` : ''}`)
  }
  if (findings.length > MOST_TOLD) output.note(`${name}: ${findings.length - MOST_TOLD} more rows with something to say.`)
  for (const finding of findings) output.result({ kind: 'finding', file: name, ...finding })
}
