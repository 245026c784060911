/** Everything that is kept, as one zip: each record as it is, read and let go one after another, and the list of them at the end. */
import { sha256 } from '../../adapters/digest.ts'
import { HomespunError } from '../../errors.ts'
import type { RecordKey } from '../../storage/records.ts'
import type { TuningStore } from '../ports.ts'
import type { Backup, LoadProgress } from '../types.ts'
import { zipFiles, type StreamedFile } from '../zip-stream.ts'
import { encodeManifest, MANIFEST, type BackupEntry } from './manifest.ts'

export interface BackupOrder {
  store: TuningStore
  software: string
  savedAt: string
  settings: Record<string, string>
  onProgress: (progress: LoadProgress) => void
  /** Where it goes; without it, into a Blob. */
  target?: FileSystemFileHandle | undefined
}

/** Damaged records are set aside and counted. Throws HomespunError 'storage-…', 'zip-no-room', 'zip-not-written'. */
export async function writeBackup({ store, software, savedAt, settings, onProgress, target }: BackupOrder): Promise<Backup> {
  const entries: BackupEntry[] = []
  let [total, damaged] = [0, 0]

  async function* record(key: RecordKey, path: string): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    const copy = await store.records.copy(key).catch((error: unknown) => {
      if (!(error instanceof HomespunError) || !['storage-damaged', 'storage-newer'].includes(error.code)) throw error
      damaged++
    })
    if (!copy) return
    const { schema, body } = copy
    total += body.length
    entries.push({ path, key, schema, bytes: body.length, sha256: await sha256(body) })
    onProgress({ phase: 'copying what is kept', bytes: total, totalBytes: 0 })
    yield body
  }

  const keys = await store.records.keys()
  const files = keys.map((key): StreamedFile => {
    const name = key.map((part) => encodeURIComponent(part)).join('/')
    return { name, bytes: 0, read: () => record(key, name) }
  })
  const manifest: StreamedFile = {
    name: MANIFEST, bytes: 0,
    async* read() {
      yield encodeManifest({ software, savedAt, settings, entries })
    },
  }
  const { zip } = await zipFiles([...files, manifest], () => undefined, target)
  const count = (kind: string) => entries.filter(({ key }) => key[0] === kind).length
  return {
    fileName: target?.name ?? `homespun-backup-${savedAt.slice(0, 10)}.zip`, zip, damaged,
    adapters: count('adapter'), datasets: count('kept-dataset'), runs: count('run'),
  }
}
