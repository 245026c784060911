/**
 * What is kept, in things that belong together: an adapter with its weights, a run with its checkpoints, a dataset with its
 * edits, rows. A backup takes their records as they are; restoring adds what is missing and never writes over what differs.
 */
import { Fields } from '../adapters/fields.ts'
import { sha256 } from '../adapters/digest.ts'
import { decodeJsonObject, encodeJson, type JsonObject } from '../adapters/json.ts'
import { readReceipt } from '../adapters/receipt.ts'
import { readTensors } from '../adapters/tensors.ts'
import { HomespunError } from '../errors.ts'
import { adapterFrom, readOutline } from './adapter-codec.ts'
import { CHECKPOINT_JSON, CHECKPOINT_TENSORS, decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.ts'
import type { RecordCopy, RecordKey, Records } from './records.ts'
import { schemaOf, upgraded } from './upgrades.ts'

export type ThingKind = 'adapter' | 'run' | 'kept-dataset' | 'dataset'

/** Records that come and go together. */
export interface Thing {
  kind: ThingKind
  id: string
  keys: RecordKey[]
}

export interface Restored {
  /** 'second': one of the same id was here and differs, so both are kept. */
  outcome: 'added' | 'same' | 'second'
  name: string
}

const PART_OF: Readonly<Record<string, ThingKind>> = {
  dataset: 'dataset', 'kept-dataset': 'kept-dataset', 'dataset-edits': 'kept-dataset',
  adapter: 'adapter', 'adapter-weights': 'adapter', run: 'run', checkpoint: 'run',
}
/** Rows come before what needs them. */
const ORDER: readonly ThingKind[] = ['dataset', 'kept-dataset', 'adapter', 'run']

/** Things by their records' keys; keys of no kind that is known are left out. */
export function thingsOf(keys: readonly RecordKey[]): Thing[] {
  const things = new Map<string, Thing>()
  for (const key of keys) {
    const kind = Object.hasOwn(PART_OF, key[0]) ? PART_OF[key[0]] : undefined
    const id = key[1]
    if (!kind || id === undefined) continue
    const thing = things.get(`${kind}/${id}`) ?? { kind, id, keys: [] }
    thing.keys.push(key)
    things.set(`${kind}/${id}`, thing)
  }
  return [...things.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}

type Puts = [RecordKey, Uint8Array<ArrayBuffer>][]

/** Puts a thing back. `read` gives its records, checked. Throws what makes it unusable; then nothing was changed. */
export async function restoreThing(
  records: Records, thing: Thing, read: (key: RecordKey) => Promise<RecordCopy>,
): Promise<Restored> {
  if (thing.kind === 'dataset') return restoreRows(records, thing, read)
  const puts: Puts = []
  for (const key of thing.keys) puts.push([key, bodyNow(key, await read(key))])
  const { name, asSecond } = await CHECKS[thing.kind](puts, thing.id)
  if ((await records.keys(MAIN[thing.kind], thing.id)).length === 0) {
    await records.change(puts)
    return { outcome: 'added', name }
  }
  if (await isSame(records, puts)) return { outcome: 'same', name }
  // The same second one again is found under the same id.
  const second = await asSecond(`${thing.id}-${await digestOf(puts)}`)
  if (second.length === 0 || (await records.keys(...(second[0]?.[0] ?? ['adapter']))).length > 0) return { outcome: 'same', name }
  await records.change(second)
  return { outcome: 'second', name }
}

const MAIN = { adapter: 'adapter', run: 'run', 'kept-dataset': 'kept-dataset' } as const

/** Rows are kept under their own hash: what is there is what is meant. */
async function restoreRows(records: Records, { id, keys }: Thing, read: (key: RecordKey) => Promise<RecordCopy>): Promise<Restored> {
  if ((await records.keys('dataset', id)).length > 0) return { outcome: 'same', name: id }
  const puts: Puts = []
  for (const key of keys) puts.push([key, (await read(key)).body])
  await records.change(puts)
  return { outcome: 'added', name: id }
}

type Check = (puts: Puts, id: string) => Promise<{ name: string; asSecond: (id: string) => Promise<Puts> }>

/** Each reads a thing as its store will, and can write it under another id. */
const CHECKS: Record<Exclude<ThingKind, 'dataset'>, Check> = {
  async adapter(puts, id) {
    const [json, weights] = [jsonOf(puts, ['adapter', id]), bodyOf(puts, ['adapter-weights', id])]
    const fields = new Fields(json, incomplete)
    const { name } = readReceipt(fields)
    adapterFrom(readOutline(fields.object('adapter')), await readTensors(weights, id), '')
    return {
      name,
      asSecond: async (other) => [
        [['adapter', other], encodeJson({ ...json, id: other, name: fromBackup(name) })], [['adapter-weights', other], weights],
      ],
    }
  },
  async 'kept-dataset'(puts, id) {
    const [json, edits] = [jsonOf(puts, ['kept-dataset', id]), bodyOf(puts, ['dataset-edits', id])]
    const name = new Fields(json, incomplete).text('name')
    return {
      name,
      asSecond: async (other) => [
        [['kept-dataset', other], encodeJson({ ...json, id: other, name: fromBackup(name) })], [['dataset-edits', other], edits],
      ],
    }
  },
  async run(puts, id) {
    const json = jsonOf(puts, ['run', id])
    const name = new Fields(json, incomplete).text('name')
    const sequence = puts.flatMap(([key]) => (key[0] === 'checkpoint' ? [key[2] ?? ''] : [])).sort().at(-1)
    if (sequence === undefined) throw incomplete('checkpoint')
    const files = [CHECKPOINT_TENSORS, CHECKPOINT_JSON].map((path) => ({ path, bytes: bodyOf(puts, ['checkpoint', id, sequence, path]) }))
    const { run, checkpoint } = await decodeCheckpoint(files)
    return {
      name,
      asSecond: async (other) => {
        const renamed = await encodeCheckpoint({ ...run, run: other }, checkpoint)
        const written = renamed.map(({ path, bytes }): Puts[number] => [['checkpoint', other, sequence, path], bytes])
        return [[['run', other], encodeJson({ ...json, run: other })], ...written]
      },
    }
  },
}

const JSON_KINDS = ['adapter', 'run', 'kept-dataset']

/** A record as this version writes it. Throws 'storage-newer'. */
function bodyNow([kind, ...rest]: RecordKey, { schema, body }: RecordCopy): Uint8Array<ArrayBuffer> {
  if (schema > schemaOf(kind)) {
    throw new HomespunError('storage-newer', 'It was kept by a newer version of this page.', { where: [kind, ...rest].join('/'), fix: 'Reload the page, and restore it then.' })
  }
  return JSON_KINDS.includes(kind) ? encodeJson(upgraded(kind, decodeJsonObject(body, 'storage-damaged', kind), schema)) : body
}

/** Whether every record is here with these contents. */
async function isSame(records: Records, puts: Puts): Promise<boolean> {
  for (const [key, body] of puts) {
    const here = JSON_KINDS.includes(key[0]) ? await records.readJson(key) : await records.read(key)
    if (!here || !sameBytes(here instanceof Uint8Array ? here : encodeJson(here), body)) return false
  }
  return true
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

async function digestOf(puts: Puts): Promise<string> {
  const hashes = await Promise.all(puts.map(([, body]) => sha256(body)))
  return (await sha256(new TextEncoder().encode(hashes.join()))).slice(0, 12)
}

function bodyOf(puts: Puts, key: RecordKey): Uint8Array<ArrayBuffer> {
  const found = puts.find(([other]) => other.join('/') === key.join('/'))
  if (found) return found[1]
  throw incomplete(key[0])
}

function jsonOf(puts: Puts, key: RecordKey): JsonObject {
  return decodeJsonObject(bodyOf(puts, key), 'storage-damaged', key.join('/'))
}

function fromBackup(name: string): string {
  return `${name.slice(0, 180)}, from the backup`
}

function incomplete(part: string): HomespunError {
  return new HomespunError('backup-incomplete', `It is not whole: its ${part} is missing or cannot be read.`)
}
