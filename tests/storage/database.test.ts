/** The connection: opening, migrating, closing under us, other tabs, and browsers that store nothing. */
import { IDBDatabase, IDBFactory } from 'fake-indexeddb'
import { get, set } from 'idb-keyval'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Database } from '../../src/storage/database.ts'
import { MIGRATIONS } from '../../src/storage/migrations.ts'
import type { Migration } from '../../src/storage/migrations.ts'
import { failure, promisify } from './support.ts'

afterEach(() => vi.restoreAllMocks())

const addStore: Migration = (database) => void database.createObjectStore('more')

async function withValue(factory: IDBFactory): Promise<Database> {
  const database = new Database({ factory })
  await set('key', 'value', database.use)
  return database
}

describe('opening', () => {
  it('F84 opens at the second or third attempt', async () => {
    const factory = new IDBFactory()
    const spy = vi.spyOn(factory, 'open')
    for (let i = 0; i < 2; i++) spy.mockImplementationOnce(() => { throw new DOMException('Busy.', 'UnknownError') })
    expect(await get('key', (await withValue(factory)).use)).toBe('value')
    expect(spy).toHaveBeenCalledTimes(3)
  })

  it.each(['SecurityError', 'InvalidStateError', 'UnknownError'])('F85 F89 says so when it never opens (%s), after a bounded number of attempts', async (name) => {
    const factory = new IDBFactory()
    const spy = vi.spyOn(factory, 'open').mockImplementation(() => { throw new DOMException('No.', name) })
    const database = new Database({ factory })
    await expect(get('key', database.use)).rejects.toEqual(failure('storage-unavailable', /export what you make/))
    expect(spy).toHaveBeenCalledTimes(3)
    spy.mockRestore()
    await set('key', 'value', database.use)
    expect(await get('key', database.use)).toBe('value')
  })

  it('F85 says so where there is no IndexedDB at all', async () => {
    await expect(get('key', new Database({ factory: undefined }).use)).rejects.toEqual(failure('storage-unavailable'))
  })
})

describe('closing', () => {
  it('F86 a connection that closed is opened again', async () => {
    const database = await withValue(new IDBFactory())
    const connections: IDBDatabase[] = []
    const original = IDBDatabase.prototype.transaction
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
      connections.push(this)
      return original.apply(this, args)
    })
    await get('key', database.use)
    connections[0]?.close()
    expect(await get('key', database.use)).toBe('value')
    connections.at(-1)?.onclose?.(new Event('close'))
    expect(await get('key', database.use)).toBe('value')
    expect(new Set(connections).size).toBeGreaterThan(1)
  })

  it('F86 a connection that closes every time is given up after three', async () => {
    const database = await withValue(new IDBFactory())
    const spy = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('The connection is closing.', 'InvalidStateError')
    })
    await expect(get('key', database.use)).rejects.toEqual(failure('storage-failed'))
    expect(spy).toHaveBeenCalledTimes(3)
  })
})

describe('versions', () => {
  it('migrates what an older version stored', async () => {
    const factory = new IDBFactory()
    await withValue(factory)
    const rewrite: Migration = (_database, transaction) => void transaction.objectStore('records').put('migrated', 'key')
    const later = new Database({ factory, migrations: [...MIGRATIONS, addStore, rewrite] })
    expect(await get('key', later.use)).toBe('migrated')
  })

  it('F87 an old tab closes when a newer one upgrades, and says to reload when it is used again', async () => {
    const factory = new IDBFactory()
    const old = await withValue(factory)
    const newer = new Database({ factory, migrations: [...MIGRATIONS, addStore], blockedMilliseconds: 0 })
    expect(await get('key', newer.use)).toBe('value')
    await expect(get('key', old.use)).rejects.toEqual(failure('storage-newer', /Reload/))
  })

  it('F87 a tab that does not close is named, and does not hang the newer one', async () => {
    const factory = new IDBFactory()
    await withValue(factory).then((database) => database.close())
    const stubborn = await promisify(factory.open('homespun'))
    const newer = new Database({ factory, migrations: [...MIGRATIONS, addStore], blockedMilliseconds: 0 })
    await expect(get('key', newer.use)).rejects.toEqual(failure('storage-blocked', /Close the other tabs/))
    stubborn.close()
    expect(await get('key', newer.use)).toBe('value')
  })

  it('F88 a migration that throws is rolled back', async () => {
    const factory = new IDBFactory()
    const old = await withValue(factory)
    await old.close()
    const broken: Migration = (_database, transaction) => {
      transaction.objectStore('records').clear()
      throw new Error('a mistake in a migration')
    }
    const newer = new Database({ factory, migrations: [...MIGRATIONS, addStore, broken] })
    await expect(get('key', newer.use)).rejects.toEqual(failure('storage-migration', /left as it was/))
    expect(await get('key', old.use)).toBe('value')
  })

  it('F83 a database of a newer version is not touched', async () => {
    const factory = new IDBFactory()
    await new Database({ factory, migrations: [...MIGRATIONS, addStore] }).use('readonly', () => undefined)
    await expect(get('key', new Database({ factory }).use)).rejects.toEqual(failure('storage-newer'))
    expect((await factory.databases())[0]?.version).toBe(2)
  })
})
