/** Stores over fake-indexeddb, which follows the standard's transactions, and samples to keep in them. */
import { IDBFactory } from 'fake-indexeddb'
import { expect } from 'vitest'
import { createStore } from '../../src/storage/store.ts'
import type { DatabaseOptions } from '../../src/storage/database.ts'
import type { Store } from '../../src/storage/store.ts'
import type { Checkpoint, RunDescription } from '../../src/storage/types.ts'
import { adapter, receipt } from '../adapters/samples.ts'
import type { SampleSettings } from '../adapters/samples.ts'

function readSettings(value: unknown): SampleSettings {
  const { learningRate, steps, lora } = value as SampleSettings
  return { learningRate, steps, lora }
}

export function open(factory: IDBFactory | undefined = new IDBFactory(), options: DatabaseOptions = {}): Store<SampleSettings> {
  return createStore({ readSettings, locks: undefined, factory, ...options })
}

export const run: RunDescription<SampleSettings> = {
  run: 'run-1',
  name: 'Questions to SQL',
  startedAt: receipt.createdAt,
  base: receipt.base,
  weights: 'int4',
  settings: receipt.settings,
  template: receipt.template,
  dataset: receipt.dataset,
  split: { validationFraction: 0.1, seed: 1 },
  steps: 40,
}

export function checkpointAt(step: number): Checkpoint {
  const size = adapter.pairs.reduce((sum, { a, b }) => sum + a.length + b.length, 0)
  return {
    step,
    seed: 7,
    adapter,
    optimizer: { step: step - 1, firstMoment: new Float32Array(size).fill(step), secondMoment: new Float32Array(size).fill(0.1) },
    best: { step: 2, loss: 2.5, adapter: { ...adapter, config: { ...adapter.config } } },
    misses: 1,
    skippedTotal: 1,
    activeSeconds: 12.5,
    rateChanges: [{ step: 3, from: 2e-4, to: 1e-4 }],
    trainingLosses: [[1, 5], [2, Number.NaN], [step, 2]],
    validationLosses: [[2, 2.5]],
  }
}

export function failure(code: string, message = /./): unknown {
  return expect.objectContaining({ name: 'HomespunError', code, message: expect.stringMatching(message) as unknown })
}

/** A promise and the function that settles it. */
export function promisify<T>(request: { result: T; onsuccess: unknown; onerror: unknown; error: unknown }): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('The request failed.', { cause: request.error }))
  })
}

/** The object store behind a page's back, as another program or a decaying disk would change it. */
async function tamper(factory: IDBFactory, change: (store: IDBObjectStore) => void): Promise<void> {
  const database = await promisify(factory.open('homespun'))
  const transaction = database.transaction('records', 'readwrite')
  change(transaction.objectStore('records'))
  await new Promise((resolve) => (transaction.oncomplete = resolve))
  database.close()
}

interface StoredBody {
  body: Uint8Array
  schema: number
  checksum?: string
}

/** Changes the stored record under every key whose first part is `kind` and that `which` picks. */
export function alter(
  factory: IDBFactory, kind: string, change: (record: StoredBody) => void, which: (key: string[]) => boolean = () => true,
): Promise<void> {
  return tamper(factory, (store) => {
    store.openCursor().onsuccess = function () {
      const cursor = this.result
      if (!cursor) return
      const key = cursor.key as string[]
      if (key[0] === kind && which(key)) {
        const record = cursor.value as StoredBody
        change(record)
        cursor.update(record)
      }
      cursor.continue()
    }
  })
}

/** What lies under a key. */
export async function storedRecord(factory: IDBFactory, key: string[]): Promise<StoredBody> {
  const database = await promisify(factory.open('homespun'))
  const stored: unknown = await promisify(database.transaction('records').objectStore('records').get(key))
  database.close()
  return stored as StoredBody
}

/** Every key in the database. */
export async function allKeys(factory: IDBFactory): Promise<string[]> {
  const database = await promisify(factory.open('homespun'))
  const keys = await promisify(database.transaction('records').objectStore('records').getAllKeys())
  database.close()
  return keys.map((key) => (key as string[]).join('/'))
}
