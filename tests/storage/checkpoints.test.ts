/** Checkpoints: what was saved comes back exactly, and a save that fails changes nothing. */
import { IDBFactory, IDBObjectStore, IDBTransaction } from 'fake-indexeddb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../../src/storage/checkpoint-codec.ts'
import { allKeys, alter, checkpointAt, failure, open, run } from './support.ts'

afterEach(() => vi.restoreAllMocks())

const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

describe('a checkpoint as files', () => {
  it('comes back exactly, the same bytes each time', async () => {
    const files = await encodeCheckpoint(run, checkpointAt(4))
    expect(files.map(({ path }) => path)).toEqual(['checkpoint.safetensors', 'checkpoint.json'])
    expect(await encodeCheckpoint(run, checkpointAt(4))).toEqual(files)
    expect(await decodeCheckpoint(files)).toEqual({ run, checkpoint: checkpointAt(4) })
    const without = { ...checkpointAt(4), best: undefined }
    expect((await decodeCheckpoint(await encodeCheckpoint(run, without))).checkpoint).toEqual(without)
  })

  it('reads one from before the learning rate could be changed', async () => {
    const [tensors, json] = await encodeCheckpoint(run, { ...checkpointAt(4), rateChanges: [] })
    const { rateChanges, ...before } = JSON.parse(textOf(json?.bytes)) as { rateChanges: unknown }
    expect(rateChanges).toEqual([])
    const older = { path: 'checkpoint.json', bytes: new TextEncoder().encode(JSON.stringify(before)) }
    expect((await decodeCheckpoint([tensors!, older])).checkpoint).toEqual({ ...checkpointAt(4), rateChanges: [] })
  })

  it('F79 notices halves of two checkpoints, a missing half and a changed one', async () => {
    const [tensors, json] = await encodeCheckpoint(run, checkpointAt(4))
    const [, laterJson] = await encodeCheckpoint(run, checkpointAt(5))
    if (!tensors || !json || !laterJson) throw new Error('two files expected')
    await expect(decodeCheckpoint([tensors, laterJson])).rejects.toEqual(failure('checkpoint-damaged', /belong together/))
    await expect(decodeCheckpoint([json])).rejects.toEqual(failure('checkpoint-missing', /checkpoint.safetensors/))
    const changed = (from: string, to: string) => ({ path: json.path, bytes: new TextEncoder().encode(textOf(json.bytes).replace(from, to)) })
    await expect(decodeCheckpoint([tensors, changed('"step": 4', '"step": -4')])).rejects.toEqual(failure('checkpoint-damaged', /"step"/))
    await expect(decodeCheckpoint([tensors, changed('"rank": 4', '"rank": 5')])).rejects.toEqual(failure('storage-damaged'))
    await expect(decodeCheckpoint([tensors, changed('"version": 1', '"version": 2')])).rejects.toEqual(failure('storage-newer'))
    await expect(decodeCheckpoint([tensors, changed('{', '')])).rejects.toEqual(failure('checkpoint-damaged'))
  })
})

describe('checkpoints that are kept', () => {
  it('F61 come back exactly in another visit, the latest of them', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    expect(await store.checkpoints.latest('run-1')).toBeUndefined()
    for (const step of [4, 8, 12]) await store.checkpoints.save(run, checkpointAt(step))
    const later = await open(factory).checkpoints.latest('run-1')
    expect(later).toEqual({ run, checkpoint: checkpointAt(12), problem: undefined })
    const kept = (await allKeys(factory)).filter((key) => key.startsWith('checkpoint/'))
    expect(kept).toHaveLength(6)
  })

  it('rows go when neither a run nor a kept dataset needs them', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { hash, name, examples } = run.dataset
    const entry = { id: 'mine', name, hash, origin: name, savedAt: '2026-11-20T12:00:00.000Z', examples, edits: 0 }
    await store.datasets.put(hash, () => new TextEncoder().encode('{}'))
    await store.checkpoints.save(run, checkpointAt(4))
    await store.datasets.keep(entry, { edits: [] })
    expect((await open(factory).datasets.list()).entries).toEqual([entry])
    await store.checkpoints.discard(run.run)
    expect((await store.datasets.open('mine')).rows).toBeDefined()
    await store.checkpoints.save(run, checkpointAt(4))
    await store.datasets.remove('mine')
    expect(await store.datasets.get(hash)).toBeDefined()
    await store.checkpoints.discard(run.run)
    expect(await allKeys(factory)).toEqual([])
  })

  it('rows go when their entry has others, unless a run needs them', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const { hash, name, examples } = run.dataset
    const entry = { id: 'mine', name, hash, origin: name, savedAt: '2026-11-20T12:00:00.000Z', examples, edits: 0 }
    const keepAs = async (other: string) => {
      await store.datasets.put(other, () => new TextEncoder().encode('{}'))
      await store.datasets.keep({ ...entry, hash: other }, { edits: [] })
    }
    for (const other of [hash, 'second', 'third', 'third']) await keepAs(other)
    const rows = async () => (await allKeys(factory)).filter((key) => key.startsWith('dataset/'))
    expect(await rows()).toEqual(['dataset/third'])
    await keepAs(hash)
    await store.checkpoints.save(run, checkpointAt(4))
    await keepAs('fourth')
    expect(await rows()).toHaveLength(2)
  })

  it('F96 lists unfinished runs without their weights, and forgets a discarded one with its data', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    const other = { ...run, run: 'run-2' }
    await store.datasets.put(run.dataset.hash, () => new TextEncoder().encode('{}'))
    await store.checkpoints.save(run, checkpointAt(4))
    await store.checkpoints.save(other, checkpointAt(6))
    const { entries } = await store.checkpoints.list()
    expect(entries.map((entry) => [entry.run, entry.step]).sort()).toEqual([['run-1', 4], ['run-2', 6]])
    expect(entries[0]).toMatchObject({ base: run.base, dataset: run.dataset, steps: 40, validationLosses: [[2, 2.5]] })
    await store.checkpoints.discard('run-1')
    expect(await store.checkpoints.latest('run-1')).toBeUndefined()
    expect(await store.datasets.get(run.dataset.hash)).toBeDefined()
    await store.checkpoints.discard('run-2')
    expect(await allKeys(factory)).toEqual([])
  })

  it('F82 a damaged one is set aside and the one before used', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    for (const step of [4, 8]) await store.checkpoints.save(run, checkpointAt(step))
    const last = (await allKeys(factory)).filter((key) => key.startsWith('checkpoint/')).at(-1)
    await alter(factory, 'checkpoint', ({ body }) => (body[body.length - 2] = 1), (key) => key.join('/') === last)
    const found = await store.checkpoints.latest('run-1')
    expect(found).toMatchObject({ checkpoint: { step: 4 }, problem: failure('storage-damaged') })
    expect(await store.damagedCount()).toBe(1)
    await store.checkpoints.save(run, checkpointAt(9))
    expect(await store.checkpoints.latest('run-1')).toMatchObject({ checkpoint: { step: 9 }, problem: undefined })
    await alter(factory, 'checkpoint', ({ body }) => (body[0] = 9))
    await expect(store.checkpoints.latest('run-1')).rejects.toEqual(failure('storage-damaged'))
  })

  it('F78 no room: a typed error, and the checkpoint before is as it was', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    await store.checkpoints.save(run, checkpointAt(4))
    const before = await allKeys(factory)
    const original = IDBObjectStore.prototype.put
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args: Parameters<typeof original>) {
      const request = original.apply(this, args)
      // As browsers do: the write is accepted, and the transaction aborted when it does not fit.
      ;(this.transaction as unknown as { _abort(name: string): void })._abort('QuotaExceededError')
      return request
    })
    await expect(store.checkpoints.save(run, checkpointAt(8))).rejects.toEqual(failure('storage-full', /export/i))
    vi.restoreAllMocks()
    expect(await allKeys(factory)).toEqual(before)
    expect(await store.checkpoints.latest('run-1')).toEqual({ run, checkpoint: checkpointAt(4), problem: undefined })
    expect((await store.checkpoints.list()).entries[0]).toMatchObject({ step: 4 })
  })

  it.each([1, 2, 3])('F72 F79 a save that dies at write %d leaves the old checkpoint whole', async (at) => {
    const factory = new IDBFactory()
    const store = open(factory)
    await store.checkpoints.save(run, checkpointAt(4))
    const before = await allKeys(factory)
    const original = IDBObjectStore.prototype.put
    let writes = 0
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args: Parameters<typeof original>) {
      if (++writes === at) throw new DOMException('The disk is gone.', 'UnknownError')
      return original.apply(this, args)
    })
    await expect(store.checkpoints.save(run, checkpointAt(8))).rejects.toEqual(failure('storage-failed'))
    vi.restoreAllMocks()
    expect(await allKeys(factory)).toEqual(before)
    expect(await store.checkpoints.latest('run-1')).toMatchObject({ checkpoint: { step: 4 }, problem: undefined })
  })

  const stepsOf = async (store: ReturnType<typeof open>) => (await store.checkpoints.checkpoints('run-1')).map(({ step }) => step)

  it('a history stays: the last ones, and earlier ones spread over the run', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    for (let step = 4; step <= 160; step += 4) await store.checkpoints.save(run, checkpointAt(step))
    const steps = await stepsOf(store)
    expect(steps).toHaveLength(10)
    expect(steps.slice(-3)).toEqual([152, 156, 160])
    const gaps = steps.slice(0, -2).map((step, at) => step - (steps[at - 1] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(160 / 4)
    for (const step of steps) expect((await store.checkpoints.at('run-1', step)).checkpoint).toEqual(checkpointAt(step))
    expect((await allKeys(factory)).filter((key) => key.startsWith('checkpoint/'))).toHaveLength(20)
    await expect(store.checkpoints.at('run-1', 5)).rejects.toEqual(failure('checkpoint-missing'))
  })

  it('F72 after going back, later ones go only with the next that is whole', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    for (const step of [4, 8, 12, 16]) await store.checkpoints.save(run, checkpointAt(step))
    const before = await allKeys(factory)
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The disk is gone.', 'UnknownError')
    })
    await expect(store.checkpoints.save(run, checkpointAt(10), 8)).rejects.toEqual(failure('storage-failed'))
    vi.restoreAllMocks()
    expect(await allKeys(factory)).toEqual(before)
    expect(await store.checkpoints.latest('run-1')).toMatchObject({ checkpoint: { step: 16 } })
    await store.checkpoints.save(run, checkpointAt(10), 8)
    expect(await stepsOf(store)).toEqual([4, 8, 10])
    await store.checkpoints.save(run, { ...checkpointAt(10), rateChanges: [] })
    expect(await stepsOf(store)).toEqual([4, 8, 10])
    expect((await store.checkpoints.latest('run-1'))?.checkpoint.rateChanges).toEqual([])
  })

  it('reads those from before there was a history, and keeps them', async () => {
    const factory = new IDBFactory()
    const store = open(factory)
    for (const step of [4, 8]) await store.checkpoints.save(run, checkpointAt(step))
    const { checkpoints, ...before } = (await store.records.readJson(['run', 'run-1']))!
    expect(checkpoints).toHaveLength(2)
    await store.records.change([[['run', 'run-1'], new TextEncoder().encode(JSON.stringify(before))]])
    expect(await stepsOf(store)).toEqual([4, 8])
    await store.checkpoints.save(run, checkpointAt(12))
    expect(await stepsOf(store)).toEqual([4, 8, 12])
  })

  it('F78 where there is no room, the oldest go first, and the one it goes on from stays', async () => {
    const store = open()
    for (const step of [4, 8, 12]) await store.checkpoints.save(run, checkpointAt(step))
    const original = IDBObjectStore.prototype.put
    let room = 2
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args: Parameters<typeof original>) {
      const request = original.apply(this, args)
      const [, , , file] = args[1] as string[]
      if (file === 'checkpoint.json' && room-- > 0) (this.transaction as unknown as { _abort(name: string): void })._abort('QuotaExceededError')
      return request
    })
    await store.checkpoints.save(run, checkpointAt(16))
    expect(await stepsOf(store)).toEqual([12, 16])
    room = 9
    await expect(store.checkpoints.save(run, checkpointAt(20))).rejects.toEqual(failure('storage-full'))
    vi.restoreAllMocks()
    expect(await stepsOf(store)).toEqual([16])
    expect(await store.checkpoints.latest('run-1')).toMatchObject({ checkpoint: { step: 16 }, problem: undefined })
  })

  it('is written with strict durability', async () => {
    const store = open()
    const calls = vi.spyOn(IDBTransaction.prototype, 'objectStore')
    await store.checkpoints.save(run, checkpointAt(4))
    const transactions = calls.mock.contexts as { mode: string; durability: string }[]
    const writes = transactions.filter(({ mode }) => mode === 'readwrite')
    expect(writes.map(({ durability }) => durability)).toEqual(['strict'])
  })
})
