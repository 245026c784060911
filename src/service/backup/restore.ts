/** A backup put back: what is missing is added, what differs is kept as a second one, what is damaged is refused by name. */
import { sha256 } from '../../adapters/digest.ts'
import { HomespunError } from '../../errors.ts'
import { restoreThing, thingsOf, type Thing } from '../../storage/backup.ts'
import type { RecordCopy, RecordKey } from '../../storage/records.ts'
import type { TuningStore } from '../ports.ts'
import type { LoadProgress, RestoreCounts, RestoreReport } from '../types.ts'
import { decodeManifest, MANIFEST, type BackupEntry, type Manifest } from './manifest.ts'
import { listZip, readZipEntry, type ZipEntries } from './zip-entries.ts'

const none = (): RestoreCounts => ({ adapters: 0, datasets: 0, runs: 0 })
const COUNTED: Partial<Record<Thing['kind'], keyof RestoreCounts>> = { adapter: 'adapters', 'kept-dataset': 'datasets', run: 'runs' }
const WORDS: Record<Thing['kind'], string> = { adapter: 'adapter', 'kept-dataset': 'dataset', run: 'unfinished run', dataset: 'rows of a dataset' }

/**
 * Throws HomespunError 'zip-invalid', 'backup-invalid', 'backup-newer' before anything was changed, and 'storage-full' and the
 * like in the middle: what was put back until then stays, and restoring again goes on from there.
 */
export async function restoreBackup(
  store: TuningStore, file: Blob, onProgress: (progress: LoadProgress) => void,
): Promise<RestoreReport> {
  const { manifest, entries } = await openBackup(file)
  const report: RestoreReport = { savedAt: manifest.savedAt, added: none(), same: none(), seconds: [], refused: [], settings: manifest.settings }
  const records = new Map(manifest.entries.map((entry) => [entry.key.join('/'), entry]))
  const things = thingsOf(manifest.entries.map(({ key }) => key))
  for (const [done, thing] of things.entries()) {
    onProgress({ phase: 'putting back what is missing', bytes: done, totalBytes: things.length })
    try {
      const { outcome, name } = await restoreThing(store.records, thing, (key) => readRecord(entries, records.get(key.join('/')), key))
      const counted = COUNTED[thing.kind]
      if (outcome === 'second') report.seconds.push(name)
      else if (counted) report[outcome][counted]++
    } catch (error) {
      if (!(error instanceof HomespunError) || /^storage-(full|failed|unavailable|blocked|migration)$/.test(error.code)) throw error
      report.refused.push({ what: `${WORDS[thing.kind]} ${thing.id}`, why: error.what })
    }
  }
  return report
}

async function openBackup(file: Blob): Promise<{ manifest: Manifest; entries: ZipEntries }> {
  const entries = await listZip(file)
  const list = entries.get(MANIFEST)
  if (!list) {
    throw new HomespunError('backup-invalid', 'This zip is no backup of Homespun.', { where: MANIFEST, fix: 'Choose the file that "Back up everything" saved.' })
  }
  return { manifest: decodeManifest(await readZipEntry(list)), entries }
}

/** A record as it was backed up. Throws HomespunError 'backup-damaged', 'zip-invalid'. */
async function readRecord(entries: ZipEntries, listed: BackupEntry | undefined, key: RecordKey): Promise<RecordCopy> {
  const entry = listed && entries.get(listed.path)
  if (!entry || entry.uncompressedSize !== listed.bytes) throw damaged(key, 'is missing or of another length')
  const body = await readZipEntry(entry)
  if ((await sha256(body)) !== listed.sha256) throw damaged(key, 'is not as it was backed up')
  return { schema: listed.schema, body }
}

function damaged(key: RecordKey, how: string): HomespunError {
  return new HomespunError('backup-damaged', `Its ${key[0]} ${how}, so it was left out.`, { where: key.join('/') })
}
