/** backup.json, the last file of a backup: what the backup is, and each record's place, schema, length and SHA-256. */
import { Fields } from '../../adapters/fields.ts'
import { decodeJsonObject, encodeJson } from '../../adapters/json.ts'
import { HomespunError } from '../../errors.ts'
import type { RecordKey } from '../../storage/records.ts'

export const MANIFEST = 'homespun-backup.json'
const FORMAT = 'homespun-backup'
const VERSION = 1

export interface BackupEntry {
  /** Where in the zip. */
  path: string
  key: RecordKey
  schema: number
  bytes: number
  sha256: string
}

export interface Manifest {
  software: string
  /** ISO 8601. */
  savedAt: string
  /** What the page remembers, by name. */
  settings: Record<string, string>
  entries: BackupEntry[]
}

export function encodeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  return encodeJson({ format: FORMAT, version: VERSION, ...manifest })
}

/** Throws HomespunError 'backup-invalid', 'backup-newer'. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  const json = decodeJsonObject(bytes, 'backup-invalid', MANIFEST)
  const fields = new Fields(json, invalid)
  if (fields.text('format') !== FORMAT) throw invalid('format')
  if (fields.count('version') > VERSION) {
    throw new HomespunError('backup-newer', 'This backup was written by a newer Homespun.', { where: MANIFEST, fix: 'Reload the page, and restore it then.' })
  }
  const settings = fields.raw('settings')
  return {
    software: fields.text('software'), savedAt: fields.text('savedAt'),
    settings: Object.fromEntries(Object.entries(settings ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    entries: fields.objects('entries').map((entry) => ({
      path: entry.text('path'), key: entry.texts('key') as unknown as RecordKey, schema: entry.count('schema'),
      bytes: entry.count('bytes'), sha256: entry.text('sha256'),
    })),
  }
}

function invalid(field: string): HomespunError {
  return new HomespunError('backup-invalid', `The backup's list has no valid "${field}".`, { where: MANIFEST, fix: 'Use another copy of the file.' })
}
