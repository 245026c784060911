/**
 * A tab that dies at a random moment of training or saving: after each, what is stored is whole, and the run goes on from its
 * last checkpoint to the numbers of a run that was never interrupted.
 */
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { sha256 } from '../../src/adapters/digest.ts'
import { HomespunError } from '../../src/errors.ts'
import { allKeys, storedRecord } from '../storage/support.ts'
import { readyTab, type Tab } from './support.ts'

const STEPS = 12
const EVERY = 2
const DEATHS = 10
const quiet = () => undefined

type Ready = Awaited<ReturnType<typeof readyTab>>
type Put = typeof IDBObjectStore.prototype.put

/** Calls `onMoment` before each step of the tab and at each of its writes. */
function watch(tab: Tab, onMoment: (transaction: IDBTransaction | undefined) => void): void {
  tab.engine.onStep = () => onMoment(undefined)
  const put: Put = IDBObjectStore.prototype.put
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args: Parameters<Put>) {
    const request = put.apply(this, args)
    onMoment(this.transaction)
    return request
  })
}

function train({ service, settings }: Ready): Promise<{ adapterId: string }> {
  return service.train({ ...settings, checkpointEvery: EVERY, evaluateEvery: 3 }, 'cats', quiet)
}

/** Lets the run die at its `moment`: what was being written is lost, and nothing more is done or written. */
async function dieAt(tab: Ready, moment: number): Promise<void> {
  let moments = 0
  await new Promise<void>((dead) => {
    watch(tab, (transaction) => {
      if (++moments < moment) return
      for (const device of tab.devices) device.gone = true
      if (moments === moment) dead()
      if (transaction) (transaction as unknown as { _abort(name: string): void })._abort('AbortError')
    })
    void train(tab)
  })
  // What the dead tab had begun ends before the next one opens: the browser does as much.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  vi.restoreAllMocks()
}

async function kept(tab: Ready, id: string) {
  const { adapter, record } = await tab.parts.store.adapters.get(id)
  return { adapter, trainingLosses: record.trainingLosses, validationLosses: record.validationLosses }
}

/** Each the same for the same seed (a linear congruential generator). */
function* moments(seed: number, most: number): Generator<number, void, void> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield 1 + Math.floor((state / 2 ** 32) * most)
  }
}

let uninterrupted: Awaited<ReturnType<typeof kept>>
let all = 0

beforeAll(async () => {
  const whole = await readyTab({}, STEPS)
  watch(whole, () => all++)
  const { adapterId } = await train(whole)
  vi.restoreAllMocks()
  uninterrupted = await kept(whole, adapterId)
}, 120_000)
afterEach(() => vi.restoreAllMocks())

it(`F72 F79 F96 after each of ${DEATHS} deaths at random, the last checkpoint is whole and the run ends with the same numbers`, async () => {
  expect(all).toBeGreaterThan(STEPS + 3 * (STEPS / EVERY - 1))
  const chosen = moments(20261121, all)
  const resumedAt: number[] = []
  for (let death = 0; death < DEATHS; death++) {
    const moment = chosen.next().value ?? 1
    const database = new IDBFactory()
    await dieAt(await readyTab({ database }, STEPS), moment)
    for (const key of await allKeys(database)) {
      const { body, checksum } = await storedRecord(database, key.split('/'))
      expect(await sha256(body as Uint8Array<ArrayBuffer>), `${key} after moment ${moment}`).toBe(checksum)
    }
    const next = await readyTab({ database }, STEPS)
    const [run] = await next.service.unfinishedRuns()
    const [shelved] = await next.service.listAdapters()
    if (shelved) expect(await kept(next, shelved.id)).toEqual(uninterrupted)
    if (run) {
      const latest = await next.parts.store.checkpoints.latest(run.run)
      expect(latest).toMatchObject({ problem: undefined, checkpoint: { step: run.step } })
      expect(run.step % EVERY).toBe(0)
    }
    const { adapterId } = run ? await next.service.resumeRun(run.run, quiet) : shelved ? { adapterId: shelved.id } : await train(next)
    expect(await kept(next, adapterId), `resumed from ${run?.step ?? 'the beginning'} after moment ${moment}`).toEqual(uninterrupted)
    expect(await next.service.listAdapters()).toHaveLength(1)
    resumedAt.push(run?.step ?? 0)
  }
  // Deaths that all fell before the first checkpoint would prove nothing.
  expect(new Set(resumedAt).size).toBeGreaterThan(2)
}, 300_000)

it('a run that is forgotten too late, after its adapter is kept, is offered again and leaves one adapter, not two', async () => {
  const database = new IDBFactory()
  const tab = await readyTab({ database }, STEPS)
  vi.spyOn(tab.parts.store.checkpoints, 'discard').mockRejectedValue(new HomespunError('storage-failed', 'The tab is gone.'))
  await train(tab)
  const next = await readyTab({ database }, STEPS)
  const [run] = await next.service.unfinishedRuns()
  if (!run) throw new Error('a run was expected')
  const [shelved] = await next.service.listAdapters()
  if (!shelved) throw new Error('an adapter was expected')
  await next.service.renameAdapter(shelved.id, 'my cats')
  await next.service.annotateAdapter(shelved.id, { note: 'the good one', tags: ['cats'] })
  const { adapterId } = await next.service.resumeRun(run.run, quiet)
  const adapters = await next.service.listAdapters()
  expect(adapters).toHaveLength(1)
  expect(adapters[0]).toMatchObject({ id: adapterId, name: 'my cats', note: 'the good one', tags: ['cats'] })
  expect(await kept(next, adapterId)).toEqual(uninterrupted)
})

it('an adapter that found no room at first and is kept when its run is offered again stands on the shelf once', async () => {
  const tab = await readyTab({}, STEPS)
  vi.spyOn(tab.parts.store.adapters, 'put').mockRejectedValueOnce(new HomespunError('storage-full', 'There is no room.'))
  await train(tab)
  const [run] = await tab.service.unfinishedRuns()
  if (!run) throw new Error('a run was expected')
  const { adapterId } = await tab.service.resumeRun(run.run, quiet)
  expect((await tab.service.listAdapters()).map(({ id }) => id)).toEqual([adapterId])
  expect(await kept(tab, adapterId)).toEqual(uninterrupted)
})

it('a checkpoint torn in two, which no transaction leaves behind, would be seen', async () => {
  const database = new IDBFactory()
  const tab = await readyTab({ database }, STEPS)
  await dieAt(tab, all - 4)
  const next = await readyTab({ database }, STEPS)
  const [run] = await next.service.unfinishedRuns()
  if (!run) throw new Error('a run was expected')
  const keys = (await allKeys(database)).filter((key) => key.startsWith('checkpoint/')).map((key) => key.split('/'))
  const last = keys.filter(([, , sequence]) => sequence === keys.at(-1)?.[2])
  const before = keys.filter(([, , sequence]) => sequence !== keys.at(-1)?.[2])
  const [older, newer] = [before[0], last[0]]
  if (!older || !newer) throw new Error('two checkpoints were expected')
  const body = (await storedRecord(database, older)).body as Uint8Array<ArrayBuffer>
  await next.parts.store.records.change([[newer as ['checkpoint', ...string[]], body]])
  expect((await next.parts.store.checkpoints.latest(run.run))?.problem).toMatchObject({ code: 'checkpoint-damaged' })
})
