/** The shelf of adapters, and what becomes of records that were damaged, deleted or written by a later version. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { adapter, receipt } from '../adapters/samples.ts'
import { sha256 } from '../../src/adapters/digest.ts'
import { allKeys, alter, failure, open, storedRecord } from './support.ts'

const put = (store: ReturnType<typeof open>, name = receipt.name, createdAt = receipt.createdAt) =>
  store.adapters.put({ ...receipt, name, createdAt }, adapter, { imported: false })

describe('the shelf', () => {
  it('F81 is empty at first, and after the browser has cleared it', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    expect(await store.adapters.list()).toEqual({ entries: [], problems: [] })
    const { id } = await put(store)
    await store.close()
    await new Promise((resolve) => (factory.deleteDatabase('homespun').onsuccess = resolve))
    expect(await store.adapters.list()).toEqual({ entries: [], problems: [] })
    await expect(store.adapters.get(id)).rejects.toEqual(failure('adapter-not-found'))
  })

  it('keeps an adapter exactly, over a new connection too', async () => {
    const factory = new IDBFactory()
    const kept = await put(open(factory))
    expect(kept).toMatchObject({ ...receipt, imported: false })
    const again = await open(factory).adapters.get(kept.id)
    expect(again.adapter).toEqual(adapter)
    expect(again.record).toEqual(kept)
    expect(kept.bytes).toBeGreaterThan(4 * 4 * (48 + 64 + 48 + 80))
  })

  it('lists the newest first without reading weights', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    await put(store, 'older', '2026-01-01T00:00:00.000Z')
    await put(store, 'newer', '2026-02-01T00:00:00.000Z')
    await alter(factory, 'adapter-weights', (record) => (record.body = new Uint8Array(1)))
    const { entries, problems } = await store.adapters.list()
    expect(entries.map(({ name }) => name)).toEqual(['newer', 'older'])
    expect(problems).toEqual([])
  })

  it('renames, and refuses a name that is none', async () => {
    const store = open()
    const { id } = await put(store)
    await store.adapters.rename(id, '  SQL  ')
    expect((await store.adapters.get(id)).record).toMatchObject({ name: 'SQL', steps: receipt.steps })
    await expect(store.adapters.rename(id, ' ')).rejects.toEqual(failure('adapter-name'))
    await expect(store.adapters.rename(id, 'x'.repeat(201))).rejects.toEqual(failure('adapter-name'))
    await expect(store.adapters.rename('gone', 'x')).rejects.toEqual(failure('adapter-not-found'))
  })

  it('keeps note and tags, trimmed and each tag once, over a renaming too', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { id, note, tags } = await put(store)
    expect([note, tags]).toEqual(['', []])
    await store.adapters.annotate(id, { note: ' Good with joins. ', tags: ['sql', ' sql', '', 'work '] })
    await store.adapters.rename(id, 'SQL')
    expect(await open(factory).adapters.find(id)).toMatchObject({ name: 'SQL', note: 'Good with joins.', tags: ['sql', 'work'] })
    await expect(store.adapters.annotate(id, { note: 'x'.repeat(4001), tags: [] })).rejects.toEqual(failure('adapter-note'))
    await expect(store.adapters.annotate('gone', { note: '', tags: [] })).rejects.toEqual(failure('adapter-not-found'))
  })

  it('a copy is one of its own: it stays when the first goes', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { id } = await put(store)
    await store.adapters.annotate(id, { note: 'n', tags: ['t'] })
    const copy = await store.adapters.duplicate(id, 'another')
    await store.adapters.remove(id)
    const { record, adapter: weights } = await open(factory).adapters.get(copy)
    expect(record).toMatchObject({ ...receipt, name: 'another', id: copy, note: 'n', tags: ['t'] })
    expect(weights).toEqual(adapter)
    await expect(store.adapters.duplicate(id, 'x')).rejects.toEqual(failure('adapter-not-found'))
  })

  it('a record of the first schema, without note and tags, is read with none and rewritten when it changes', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { id } = await put(store)
    const { note: _note, tags: _tags, ...json } = JSON.parse(new TextDecoder().decode((await storedRecord(factory, ['adapter', id])).body)) as Record<string, unknown>
    const body = new TextEncoder().encode(JSON.stringify(json))
    const checksum = await sha256(body)
    await alter(factory, 'adapter', (record) => Object.assign(record, { schema: 1, body, checksum }))
    expect(await store.adapters.find(id)).toMatchObject({ name: receipt.name, note: '', tags: [] })
    expect((await storedRecord(factory, ['adapter', id])).schema).toBe(1)
    await store.adapters.annotate(id, { note: 'new', tags: [] })
    expect((await storedRecord(factory, ['adapter', id])).schema).toBe(2)
    expect(await store.adapters.find(id)).toMatchObject({ note: 'new' })
  })

  it('F90 does not delete an adapter in use, and deletes it with its weights afterwards', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { id } = await put(store)
    const release = await store.adapters.hold(id)
    const releaseToo = await store.adapters.hold(id)
    await expect(store.adapters.remove(id)).rejects.toEqual(failure('adapter-in-use'))
    await release()
    await release()
    await expect(store.adapters.remove(id)).rejects.toEqual(failure('adapter-in-use'))
    await releaseToo()
    await store.adapters.remove(id)
    await store.adapters.remove(id)
    expect(await allKeys(factory)).toEqual([])
  })

  it('F93 an adapter that another tab deleted is told, and not put back by renaming it', async () => {
    const factory = new IDBFactory()
    const [here, there] = [open(factory), open(factory)]
    const { id } = await put(here)
    await there.adapters.remove(id)
    await expect(here.adapters.get(id)).rejects.toEqual(failure('adapter-not-found', /another tab/))
    await expect(here.adapters.rename(id, 'x')).rejects.toEqual(failure('adapter-not-found'))
    expect((await here.adapters.list()).entries).toEqual([])
  })
})

describe('records that are not as they were', () => {
  it('F82 sets a damaged record aside and lists the others', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { id } = await put(store, 'good')
    const bad = await put(store, 'bad')
    await alter(factory, 'adapter', ({ body }) => (body[3] = (body[3] ?? 0) ^ 1), (key) => key[1] === bad.id)
    const { entries, problems } = await store.adapters.list()
    expect(entries.map((entry) => entry.id)).toEqual([id])
    expect(problems).toEqual([failure('storage-damaged', new RegExp(bad.id))])
    expect(await allKeys(factory)).toContain(`quarantine/adapter/${bad.id}`)
    expect((await store.adapters.list()).problems).toEqual([])
    expect(await store.damagedCount()).toBe(1)
    await store.clearDamaged()
    expect(await store.damagedCount()).toBe(0)
    expect((await store.adapters.get(id)).adapter).toEqual(adapter)
  })

  it('F82 sees one changed bit in weights', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { id } = await put(store)
    await alter(factory, 'adapter-weights', ({ body }) => (body[body.length - 1] = (body.at(-1) ?? 0) ^ 1))
    await expect(store.adapters.get(id)).rejects.toEqual(failure('storage-damaged'))
  })

  it.each([
    ['of a newer schema', (record: { schema: number }) => (record.schema = 99)],
    ['without its checksum', (record: { checksum?: string }) => delete record.checksum],
  ])('F83 a record %s is refused and left untouched', async (_what, change) => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { id } = await put(store)
    await store.settings.set('theme', 'dark')
    await alter(factory, 'adapter', change)
    await alter(factory, 'settings', change)
    const before = await allKeys(factory)
    expect((await store.adapters.list()).problems).toEqual([failure('storage-newer', /newer version/)])
    await expect(store.adapters.get(id)).rejects.toEqual(failure('storage-newer'))
    await expect(store.adapters.rename(id, 'x')).rejects.toEqual(failure('storage-newer'))
    await expect(store.settings.set('theme', 'light')).rejects.toEqual(failure('storage-newer'))
    expect(await allKeys(factory)).toEqual(before)
    expect(await store.damagedCount()).toBe(0)
  })
})

describe('settings and datasets', () => {
  it('remembers values by name', async () => {
    const store = open()
    expect(await store.settings.get('theme')).toBeUndefined()
    await store.settings.set('theme', { dark: true })
    expect(await store.settings.get('theme')).toEqual({ dark: true })
  })

  it('keeps a dataset once under its hash', async () => {
    const store = open()
    const bytes = new TextEncoder().encode('{"input":"a","output":"b"}\n')
    await store.datasets.put('abcd', () => bytes)
    await store.datasets.put('abcd', () => bytes)
    expect(await store.datasets.get('abcd')).toEqual(bytes)
    expect(await store.datasets.get('ffff')).toBeUndefined()
  })
})
