/**
 * Stamped records: every one is bytes with the schema they were written in and their SHA-256. What does not match its
 * checksum is set aside; what a later version wrote is neither read nor changed.
 */
import { get, keys, promisifyRequest } from 'idb-keyval'
import { sha256 } from '../adapters/digest.ts'
import { decodeJsonObject, isObject } from '../adapters/json.ts'
import type { JsonObject } from '../adapters/json.ts'
import type { Database } from './database.ts'
import { damaged, newer } from './errors.ts'
import { schemaOf, upgraded } from './upgrades.ts'

const QUARANTINE = 'quarantine'

export type RecordKind = 'adapter' | 'adapter-weights' | 'run' | 'checkpoint' | 'dataset' | 'kept-dataset' | 'dataset-edits' | 'settings'

/** A kind, and what tells records of it apart: ["checkpoint", run, sequence, file]. */
export type RecordKey = readonly [RecordKind, ...string[]]

/** A record's bytes and the schema they were written in. */
export interface RecordCopy {
  schema: number
  body: Uint8Array<ArrayBuffer>
}

interface Envelope extends RecordCopy {
  savedAt: string
  checksum: string
}

export class Records {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Writes and removes in one transaction: all of it, or, on any error, nothing. */
  async change(puts: readonly (readonly [RecordKey, Uint8Array<ArrayBuffer>])[], removals: readonly RecordKey[] = []): Promise<void> {
    const sealed = await Promise.all(puts.map(async ([key, body]) => [key, await seal(key, body)] as const))
    await this.#database.use('readwrite', (store) => {
      for (const [key, envelope] of sealed) store.put(envelope, [...key])
      for (const key of removals) store.delete([...key])
      return promisifyRequest(store.transaction)
    })
  }

  /**
   * The bytes of a record, or undefined where there is none. Throws 'storage-newer' where a later version wrote it;
   * 'storage-damaged', once, where its checksum does not match: it is then set aside and no longer there.
   */
  async read(key: RecordKey): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return (await this.#sound(key))?.body
  }

  /** A record as it lies here, for a backup. Throws as `read` does. */
  async copy(key: RecordKey): Promise<RecordCopy | undefined> {
    return this.#sound(key)
  }

  /** A record of JSON, as the present schema has it. */
  async readJson(key: RecordKey): Promise<JsonObject | undefined> {
    const stored = await this.#sound(key)
    return stored && upgraded(key[0], decodeJsonObject(stored.body, 'storage-damaged', key.join('/')), stored.schema)
  }

  async #sound(key: RecordKey): Promise<Envelope | undefined> {
    const stored: unknown = await get<unknown>([...key], this.#database.use)
    if (stored === undefined) return undefined
    if (!isEnvelope(key, stored)) throw newer(key.join('/'))
    if ((await sha256(stored.body)) === stored.checksum) return stored
    await this.#setAside(key, stored)
    throw damaged(key.join('/'))
  }

  /** Keys that begin with `start`, in order; all of them without it. What was set aside is not among them. */
  async keys(...start: RecordKey | []): Promise<RecordKey[]> {
    const all = (await keys(this.#database.use)).filter((key): key is RecordKey & IDBValidKey => Array.isArray(key) && key[0] !== QUARANTINE)
    return all.filter((key) => start.every((part, at) => key[at] === part))
  }

  /** How many damaged records are set aside; they are kept until `clearDamaged`. */
  async damagedCount(): Promise<number> {
    return (await this.#quarantined()).length
  }

  async clearDamaged(): Promise<void> {
    const old = await this.#quarantined()
    await this.#database.use('readwrite', (store) => {
      for (const key of old) store.delete(key)
      return promisifyRequest(store.transaction)
    })
  }

  async #quarantined(): Promise<IDBValidKey[]> {
    return (await keys(this.#database.use)).filter((key) => Array.isArray(key) && key[0] === QUARANTINE)
  }

  async #setAside(key: RecordKey, stored: Envelope): Promise<void> {
    await this.#database.use('readwrite', (store) => {
      store.put(stored, [QUARANTINE, ...key])
      store.delete([...key])
      return promisifyRequest(store.transaction)
    })
  }
}

async function seal([kind]: RecordKey, body: Uint8Array<ArrayBuffer>): Promise<Envelope> {
  return { schema: schemaOf(kind), savedAt: new Date().toISOString(), checksum: await sha256(body), body }
}

/** False for a later schema and for missing fields: written by a version that this one does not know. */
function isEnvelope([kind]: RecordKey, value: unknown): value is Envelope {
  if (!isObject(value) || typeof value.checksum !== 'string' || !(value.body instanceof Uint8Array)) return false
  return typeof value.schema === 'number' && value.schema >= 1 && value.schema <= schemaOf(kind)
}
