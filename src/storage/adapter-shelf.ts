/** Adapters that are kept: a record each, which the shelf lists, and the weights apart from it, read on demand. */
import { Fields } from '../adapters/fields.ts'
import { encodeJson } from '../adapters/json.ts'
import type { JsonObject } from '../adapters/json.ts'
import { readReceipt, readTemplate } from '../adapters/receipt.ts'
import { readScores, withScore } from '../adapters/receipt-facts.ts'
import { readTensors, writeTensors } from '../adapters/tensors.ts'
import type { AdapterReceipt, LinearModule, LoraAdapter, Score } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import { adapterFrom, outlineOf, readOutline, tensorsOf } from './adapter-codec.ts'
import { listEach } from './listing.ts'
import type { Locks } from './locks.ts'
import type { RecordKey, Records } from './records.ts'
import type { Annotation, Listing, StoredAdapter } from './types.ts'

const LONGEST_NAME = 200
const LONGEST_NOTE = 4000
const LONGEST_TAG = 40
const MOST_TAGS = 20

/** Every method may throw what Database.use and Records.read throw ('storage-…'). */
export class AdapterShelf<Settings> {
  readonly #records: Records
  readonly #locks: Locks
  readonly #readSettings: (value: unknown) => Settings

  constructor(records: Records, locks: Locks, readSettings: (value: unknown) => Settings) {
    this.#records = records
    this.#locks = locks
    this.#readSettings = readSettings
  }

  /** The newest first; what cannot be read is told beside. No weights are loaded. */
  async list(): Promise<Listing<StoredAdapter<Settings>>> {
    const listing = await listEach(await this.#records.keys('adapter'), ([, id]) => this.find(id ?? ''))
    listing.entries.sort((x, y) => (x.createdAt < y.createdAt ? 1 : -1))
    return listing
  }

  /** An adapter without its weights; undefined where there is none of that id. */
  async find(id: string): Promise<StoredAdapter<Settings> | undefined> {
    const json = await this.#records.readJson(recordKey(id))
    return json && this.#entry(id, fieldsOf(json, id))
  }

  /** An adapter with its weights. Throws 'adapter-not-found' and 'storage-damaged'. */
  async get(id: string): Promise<{ record: StoredAdapter<Settings>; adapter: LoraAdapter }> {
    const fields = fieldsOf(await this.#json(id), id)
    const weights = await this.#records.read(weightsKey(id))
    if (!weights) throw notFound(id)
    const adapter = adapterFrom(readOutline(fields.object('adapter')), await readTensors(weights, id), '')
    return { record: this.#entry(id, fields), adapter }
  }

  /** Its layers and its template, without its weights. Throws 'adapter-not-found' and 'storage-damaged'. */
  async outline(id: string): Promise<{ modules: LinearModule[]; template: AdapterReceipt['template'] }> {
    const fields = fieldsOf(await this.#json(id), id)
    return { modules: readOutline(fields.object('adapter')).modules, template: readTemplate(fields) }
  }

  /** Keeps an adapter under a new id, or in place of the one that has `options.id`, with what a person wrote on it; record and weights arrive together or not at all. */
  async put(receipt: AdapterReceipt<Settings>, adapter: LoraAdapter, options: { imported: boolean; id?: string }): Promise<StoredAdapter<Settings>> {
    const id = options.id ?? crypto.randomUUID()
    const weights = writeTensors(tensorsOf(adapter, ''), {})
    const before = options.id === undefined ? undefined : (await this.list()).entries.find((entry) => entry.id === id)
    const { name, note, tags } = before ?? { name: receipt.name, note: '', tags: [] }
    const entry = { ...receipt, name, note, tags, id, bytes: weights.length, imported: options.imported }
    const json = encodeJson({ ...entry, adapter: outlineOf(adapter) })
    await this.#records.change([[recordKey(id), json], [weightsKey(id), weights]])
    return entry
  }

  /** Throws 'adapter-not-found', and 'adapter-name' for an empty or endless name. */
  async rename(id: string, name: string): Promise<void> {
    const trimmed = checkedName(name)
    const json = await this.#json(id)
    await this.#records.change([[recordKey(id), encodeJson({ ...json, name: trimmed })]])
  }

  /** Replaces note and tags. Throws 'adapter-not-found', and 'adapter-note' for what is too long. */
  async annotate(id: string, annotation: Annotation): Promise<void> {
    const checked = checkedAnnotation(annotation)
    const json = await this.#json(id)
    await this.#records.change([[recordKey(id), encodeJson({ ...json, ...checked })]])
  }

  /** Writes what a test of it gave into its receipt. Throws 'adapter-not-found'. */
  async addScore(id: string, score: Score): Promise<void> {
    const json = await this.#json(id)
    await this.#records.change([[recordKey(id), encodeJson({ ...json, scores: withScore(readScores(fieldsOf(json, id)), score) })]])
  }

  /** A second one like it, under a new id, which is returned. Throws 'adapter-not-found', 'adapter-name'. */
  async duplicate(id: string, name: string): Promise<string> {
    const trimmed = checkedName(name)
    const json = await this.#json(id)
    const weights = await this.#records.read(weightsKey(id))
    if (!weights) throw notFound(id)
    const copy = crypto.randomUUID()
    await this.#records.change([[recordKey(copy), encodeJson({ ...json, id: copy, name: trimmed })], [weightsKey(copy), weights]])
    return copy
  }

  /** Keeps others, tabs included, from deleting an adapter while it is loaded. The returned function lets go. */
  hold(id: string): Promise<() => Promise<void>> {
    return this.#locks.hold(lockName(id))
  }

  /** Deletes an adapter; one that is gone already is no error. Throws 'adapter-in-use'. */
  async remove(id: string): Promise<void> {
    const removed = await this.#locks.ifFree(lockName(id), () => this.#records.change([], [recordKey(id), weightsKey(id)]))
    if (removed) return
    throw new HomespunError('adapter-in-use', 'This adapter is in use, here or in another tab, so it was not deleted.', {
      where: 'adapter', fix: 'Let that tab speak with another one, or close it, then delete again.',
    })
  }

  async #json(id: string): Promise<JsonObject> {
    const json = await this.#records.readJson(recordKey(id))
    if (!json) throw notFound(id)
    return json
  }

  #entry(id: string, fields: Fields): StoredAdapter<Settings> {
    const receipt = readReceipt(fields)
    const settings = this.#readSettings(receipt.settings)
    const annotation = { note: fields.text('note'), tags: fields.texts('tags') }
    return { ...receipt, ...annotation, settings, id, bytes: fields.count('bytes'), imported: fields.flag('imported') }
  }
}

function checkedName(name: string): string {
  const trimmed = name.trim()
  if (trimmed !== '' && trimmed.length <= LONGEST_NAME) return trimmed
  throw new HomespunError('adapter-name', trimmed === '' ? 'An adapter needs a name.' : 'This name is too long.', {
    where: 'name', fix: `Give it 1 to ${LONGEST_NAME} characters.`,
  })
}

/** Trimmed, and each tag once. Throws 'adapter-note'. */
export function checkedAnnotation(annotation: Annotation): Annotation {
  const note = annotation.note.trim()
  const tags = [...new Set(annotation.tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))]
  if (note.length <= LONGEST_NOTE && tags.length <= MOST_TAGS && tags.every((tag) => tag.length <= LONGEST_TAG)) return { note, tags }
  throw new HomespunError('adapter-note', 'The note or its tags are too long.', {
    fix: `A note has up to ${LONGEST_NOTE} characters; up to ${MOST_TAGS} tags have ${LONGEST_TAG} each.`,
  })
}

function recordKey(id: string): RecordKey {
  return ['adapter', id]
}

function weightsKey(id: string): RecordKey {
  return ['adapter-weights', id]
}

function lockName(id: string): string {
  return `homespun-adapter-${id}`
}

function fieldsOf(json: JsonObject, id: string): Fields {
  return new Fields(json, (field) => new HomespunError('storage-newer', 'This adapter was kept by another version of this page.', {
    where: `${id}, ${field}`, fix: 'Reload the page. It was left untouched.',
  }))
}

function notFound(id: string): HomespunError {
  return new HomespunError('adapter-not-found', 'This adapter is not there any more: another tab may have deleted it.', {
    where: id, fix: 'Choose another, or import it again.',
  })
}
