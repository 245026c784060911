/** A data file to examples: what can be used, and everything that cannot, by row. */
import { HomespunError } from '../../errors.ts'
import type { Dataset, Example, ReadOptions } from '../types.ts'
import { FindingLog } from './findings.ts'
import { readJson } from './json.ts'
import { readTable } from './table.ts'
import { firstCharacter, normaliseEncoding } from './text.ts'

const KINDS: Record<Example['kind'], string> = { pair: 'a pair', chat: 'a chat', text: 'a text' }

/**
 * Reads JSONL, a JSON array, CSV or TSV with a header. Rows that cannot be used are left out and reported.
 * Throws 'file-empty', 'no-usable-row' (with the first problem), 'columns-unknown', 'columns-twice', 'json-invalid',
 * 'not-utf8', 'file-too-large'.
 */
export async function readDataset(source: Blob | Uint8Array<ArrayBuffer>, fileName: string, options: ReadOptions = {}): Promise<Dataset> {
  options.signal?.throwIfAborted()
  const bytes = source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : source
  const hash = await sha256(bytes)
  const log = new FindingLog()
  const { bytes: content, utf16 } = normaliseEncoding(bytes)
  const first = firstCharacter(content)
  if (first === '') {
    throw new HomespunError('file-empty', 'The file is empty.', { where: fileName, fix: 'Choose one with at least one example.' })
  }
  if (utf16) log.note(1, { code: 'utf-16', message: 'The file is UTF-16, and was read as that.' })
  const isTable = /\.(csv|tsv|tab)$/i.test(fileName) || !(/\.(jsonl|ndjson|json)$/i.test(fileName) || first === '{' || first === '[')
  const examples = isTable ? readTable(content, fileName, log) : readJson(content, fileName, log)
  noteMixed(examples, log)
  const findings = log.all()
  if (examples.length === 0) {
    const problem = findings.find((finding) => finding.severity === 'skipped')
    const what = problem ? `No row of the file can be used. The first problem: ${problem.message}` : 'The file holds no example, only its header.'
    throw new HomespunError('no-usable-row', what, {
      where: problem ? `${fileName}, row ${problem.row}` : fileName,
      fix: problem?.fix ?? 'Add a row for each example.',
    })
  }
  return { name: fileName, examples, findings, hash }
}

/** Rows of several layouts are all used; which one is the odd one is said once. */
function noteMixed(examples: readonly Example[], log: FindingLog): void {
  const counts = new Map<Example['kind'], number>()
  for (const { kind } of examples) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  const odd = examples.find(({ kind }) => kind !== most?.[0])
  if (!most || !odd) return
  const message = `This row is ${KINDS[odd.kind]}, while most are ${KINDS[most[0]]}: the file mixes layouts. All are used.`
  log.note(odd.row, { code: 'mixed-layouts', message, fix: 'Use one layout if that was not meant.' })
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
