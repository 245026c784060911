/**
 * Datasets: the rows under a hash, once each, and the entries of those that a person keeps, with what was done to them.
 * Rows go when neither an entry nor an unfinished run needs them.
 */
import { Fields } from '../adapters/fields.ts'
import { decodeJsonObject, encodeJson, type JsonObject } from '../adapters/json.ts'
import { HomespunError } from '../errors.ts'
import { listEach } from './listing.ts'
import type { RecordKey, Records } from './records.ts'
import type { Listing, StoredDataset } from './types.ts'

/** Every method may throw what Database.use and Records.read throw ('storage-…'). */
export class DatasetStore {
  readonly #records: Records

  constructor(records: Records) {
    this.#records = records
  }

  /** Keeps rows under their hash, unless they are there already. Discarding the last run or entry that needs them removes them. */
  async put(hash: string, rows: () => Uint8Array<ArrayBuffer>): Promise<void> {
    if ((await this.#records.keys('dataset', hash)).length === 0) await this.#records.change([[['dataset', hash], rows()]])
  }

  /** Undefined where they are not kept. */
  async get(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#records.read(['dataset', hash])
  }

  /** The latest first. */
  async list(): Promise<Listing<StoredDataset>> {
    const listing = await listEach(await this.#records.keys('kept-dataset'), ([, id]) => this.#entry(id ?? ''))
    listing.entries.sort((x, y) => (x.savedAt < y.savedAt ? 1 : -1))
    return listing
  }

  /** Writes or replaces an entry; its rows must have been put. Those that it had go where nothing else needs them. */
  async keep(entry: StoredDataset, details: JsonObject): Promise<void> {
    // What cannot be read now is written anew all the same.
    const former = await this.#hashOf(entryKey(entry.id)).catch(() => undefined)
    const unneeded = former !== undefined && former !== entry.hash && !(await this.#needed(former, entryKey(entry.id)))
    await this.#records.change([
      [entryKey(entry.id), encodeJson(entry)],
      [detailsKey(entry.id), new TextEncoder().encode(JSON.stringify(details))],
    ], unneeded ? [datasetKey(former)] : [])
  }

  /** An entry with what was done to it. Throws 'dataset-not-found'. */
  async open(id: string): Promise<{ entry: StoredDataset; details: JsonObject; rows: Uint8Array<ArrayBuffer> }> {
    const entry = await this.#entry(id)
    const details = await this.#records.read(detailsKey(id))
    const rows = entry && (await this.get(entry.hash))
    if (!entry || !details || !rows) throw notFound()
    return { entry, details: decodeJsonObject(details, 'storage-damaged', entry.name), rows }
  }

  /** Throws 'dataset-not-found'. */
  async rename(id: string, name: string): Promise<void> {
    const entry = await this.#entry(id)
    if (!entry) throw notFound()
    await this.#records.change([[entryKey(id), encodeJson({ ...entry, name })]])
  }

  /** Removes an entry, and its rows where nothing else needs them. One that is gone already is no error. */
  async remove(id: string): Promise<void> {
    const entry = await this.#entry(id)
    const rows = entry && (await this.#needed(entry.hash, ['kept-dataset', id])) === false ? [datasetKey(entry.hash)] : []
    await this.#records.change([], [entryKey(id), detailsKey(id), ...rows])
  }

  /** The rows of a run that ends, where nothing else needs them. */
  async unneededAfter(run: string): Promise<RecordKey[]> {
    const hash = await this.#hashOf(['run', run]).catch(() => undefined)
    return hash !== undefined && !(await this.#needed(hash, ['run', run])) ? [datasetKey(hash)] : []
  }

  /** Whether an entry or a run beside this one needs the rows. */
  async #needed(hash: string, beside: RecordKey): Promise<boolean> {
    const keys = [...(await this.#records.keys('kept-dataset')), ...(await this.#records.keys('run'))]
    for (const key of keys) {
      if (key.join('/') === beside.join('/')) continue
      // What cannot be read now may be needed later.
      const other = await this.#hashOf(key).catch(() => hash)
      if (other === hash) return true
    }
    return false
  }

  async #hashOf(key: RecordKey): Promise<string | undefined> {
    const json = await this.#records.readJson(key)
    if (!json) return undefined
    const fields = fieldsOf(json, key.join('/'))
    return key[0] === 'run' ? fields.object('dataset').text('hash') : fields.text('hash')
  }

  async #entry(id: string): Promise<StoredDataset | undefined> {
    const json = await this.#records.readJson(entryKey(id))
    if (!json) return undefined
    const fields = fieldsOf(json, id)
    return {
      id, name: fields.text('name'), hash: fields.text('hash'), origin: fields.text('origin'), savedAt: fields.text('savedAt'),
      examples: fields.count('examples'), edits: fields.count('edits'),
    }
  }
}

function notFound(): HomespunError {
  return new HomespunError('dataset-not-found', 'This dataset is not there any more: another tab may have deleted it.', { fix: 'Open its file again.' })
}

function datasetKey(hash: string): RecordKey {
  return ['dataset', hash]
}

function entryKey(id: string): RecordKey {
  return ['kept-dataset', id]
}

function detailsKey(id: string): RecordKey {
  return ['dataset-edits', id]
}

function fieldsOf(json: JsonObject, where: string): Fields {
  return new Fields(json, (field) => new HomespunError('storage-newer', 'This dataset was kept by another version of this page.', {
    where: `${where}, ${field}`, fix: 'Reload the page. It was left untouched.',
  }))
}
