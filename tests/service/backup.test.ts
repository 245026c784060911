/** Everything backed up to one file and put back: whole, added to, damaged; and everything erased. */
import { IDBFactory } from 'fake-indexeddb'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import type { RestoreReport } from '../../src/service/types.ts'
import { allKeys } from '../storage/support.ts'
import { aText, containing } from '../support/matching.ts'
import { modelFiles, openTab, pausedAt, picked, readyTab } from './support.ts'

const quiet = () => undefined

/** A browser with an adapter that has a note, a kept dataset and a run that was left in its middle. */
async function fullBrowser() {
  const database = new IDBFactory()
  const tab = await readyTab({ database })
  const { adapterId } = await tab.service.train({ ...tab.settings, steps: 4 }, 'cats', quiet)
  await tab.service.annotateAdapter(adapterId, { note: 'the first', tags: ['animals'] })
  await tab.service.keepData()
  await pausedAt(tab, 9)
  return { database, tab, adapterId }
}

const asFile = (zip: Blob) => new File([zip], 'backup.zip')

async function restoreInto(database: IDBFactory, file: File): Promise<RestoreReport> {
  return openTab({ database }).service.restore(file, quiet)
}

/** The same zip with one byte of one entry changed. */
async function damage(zip: Blob, entry: RegExp): Promise<File> {
  const bytes = new Uint8Array(await zip.arrayBuffer())
  const name = Object.keys(unzipSync(bytes)).find((path) => entry.test(path)) ?? ''
  const content = unzipSync(bytes)[name]!
  const at = Buffer.from(bytes).indexOf(Buffer.from(content))
  bytes[at + content.length - 5] = (bytes[at + content.length - 5] ?? 0) ^ 1
  return new File([bytes], 'backup.zip')
}

describe('a backup', () => {
  it('puts an empty browser back as this one is: adapter, dataset, and a run that goes on', async () => {
    const { database, tab, adapterId } = await fullBrowser()
    const { zip, fileName, ...counts } = await tab.service.backUp({ 'homespun.theme': 'dark' }, quiet)
    expect(fileName).toBe('homespun-backup-2026-11-20.zip')
    expect(counts).toEqual({ adapters: 1, datasets: 1, runs: 1, damaged: 0 })
    const other = new IDBFactory()
    const report = await restoreInto(other, asFile(zip))
    expect(report).toMatchObject({
      added: { adapters: 1, datasets: 1, runs: 1 }, same: { adapters: 0, datasets: 0, runs: 0 }, seconds: [], refused: [], settings: { 'homespun.theme': 'dark' },
    })
    expect(await allKeys(other)).toEqual(await allKeys(database))
    const there = await readyTab({ database: other })
    const [was, is] = [await tab.parts.store.adapters.get(adapterId), await there.parts.store.adapters.get(adapterId)]
    expect(is).toEqual(was)
    expect(is.record).toMatchObject({ note: 'the first', tags: ['animals'] })
    const [run] = await there.service.unfinishedRuns()
    expect(run).toMatchObject({ step: 10, steps: 12 })
    expect((await there.service.resumeRun(run!.run, quiet)).reason).toBe('finished')
  })

  it('lists every record with its length and SHA-256, in a zip that others open', async () => {
    const { tab } = await fullBrowser()
    const { zip } = await tab.service.backUp({}, quiet)
    const files = unzipSync(new Uint8Array(await zip.arrayBuffer()))
    const manifest = JSON.parse(strFromU8(files['homespun-backup.json']!)) as { entries: { path: string; bytes: number; sha256: string }[] }
    expect(manifest).toMatchObject({ format: 'homespun-backup', version: 1, software: 'homespun test' })
    for (const { path, bytes, sha256 } of manifest.entries) {
      const digest = await crypto.subtle.digest('SHA-256', files[path] as Uint8Array<ArrayBuffer>)
      expect([files[path]?.length, Buffer.from(digest).toString('hex')]).toEqual([bytes, sha256])
    }
  })

  it('put back where it is from, changes nothing; and what differs since is kept beside, once', async () => {
    const { database, tab, adapterId } = await fullBrowser()
    const { zip } = await tab.service.backUp({}, quiet)
    const before = await allKeys(database)
    expect(await restoreInto(database, asFile(zip))).toMatchObject({ same: { adapters: 1, datasets: 1, runs: 1 }, seconds: [] })
    expect(await allKeys(database)).toEqual(before)
    await tab.service.renameAdapter(adapterId, 'dogs')
    const run = (await tab.parts.store.checkpoints.list()).entries[0]!
    const latest = (await tab.parts.store.checkpoints.latest(run.run))!
    await tab.parts.store.checkpoints.save(latest.run, { ...latest.checkpoint, misses: 3 })
    expect((await restoreInto(database, asFile(zip))).seconds).toEqual(['cats', 'paused'])
    expect((await restoreInto(database, asFile(zip))).seconds).toEqual([])
    expect((await tab.service.listAdapters()).map(({ name }) => name).sort()).toEqual(['cats, from the backup', 'dogs'])
    const runs = (await tab.parts.store.checkpoints.list()).entries
    expect(runs).toHaveLength(2)
    const second = runs.find((entry) => entry.run !== run.run)!
    expect((await tab.parts.store.checkpoints.latest(second.run))?.checkpoint).toEqual(latest.checkpoint)
  })

  it.each([
    ['weights', /^adapter-weights\//, 'adapter', { adapters: 0, datasets: 1, runs: 1 }],
    ['a checkpoint', /^checkpoint\/.*json$/, 'unfinished run', { adapters: 1, datasets: 1, runs: 0 }],
    ['a dataset', /^kept-dataset\//, 'dataset', { adapters: 1, datasets: 0, runs: 1 }],
  ])('with %s damaged, that is refused by name and the rest put back', async (_what, entry, kind, added) => {
    const { tab } = await fullBrowser()
    const { zip } = await tab.service.backUp({}, quiet)
    const other = new IDBFactory()
    const report = await restoreInto(other, await damage(zip, entry))
    expect(report.added).toEqual(added)
    expect(report.refused).toEqual([{ what: containing(kind), why: containing('not as it was backed up') }])
    expect((await restoreInto(other, asFile(zip))).refused).toEqual([])
  })

  it('cut off, of another kind or newer, is refused before anything changes', async () => {
    const { tab, adapterId } = await fullBrowser()
    const { zip } = await tab.service.backUp({}, quiet)
    const other = new IDBFactory()
    const refusal = (file: File) => restoreInto(other, file).catch((error: unknown) => error)
    expect(await refusal(new File([zip.slice(0, zip.size - 300)], 'x.zip'))).toMatchObject({ code: 'zip-invalid', fix: aText })
    expect(await refusal(new File(['hello'], 'x.zip'))).toMatchObject({ code: 'zip-invalid' })
    const adapter = new File([(await tab.service.exportAdapter(adapterId)).bytes], 'a.zip')
    expect(await refusal(adapter)).toMatchObject({ code: 'backup-invalid' })
    const bytes = Buffer.from(await zip.arrayBuffer())
    bytes.write('"version": 9', bytes.lastIndexOf('"version": 1'))
    expect(await refusal(new File([bytes], 'x.zip'))).toMatchObject({ code: 'backup-newer' })
    expect(await other.databases()).toEqual([])
    const kinds = await Promise.all([asFile(zip), adapter, new File(['hello'], 'x')].map((file) => tab.service.recognise(file)))
    expect(kinds).toEqual(['backup', 'adapter', 'other'])
  })
})

describe('erasing everything', () => {
  it('leaves no database behind, and is refused while a run is under way', async () => {
    const { database, tab } = await fullBrowser()
    await expect(tab.service.erase()).rejects.toMatchObject({ code: 'run-in-progress' })
    const later = openTab({ database })
    expect(await later.service.listAdapters()).toHaveLength(1)
    await later.service.erase()
    expect(await database.databases()).toEqual([])
  })
})

it('a friend’s adapter goes on the shelf whatever model is open, and without one', async () => {
  const { tab, adapterId } = await fullBrowser()
  const { bytes } = await tab.service.exportAdapter(adapterId)
  const file = new File([bytes], 'cats.zip')
  const alone = openTab()
  expect(await alone.service.importAdapter(picked(file))).toMatchObject({ name: 'cats' })
  const friend = openTab()
  await friend.service.start('webgpu')
  const config = await modelFiles().find(({ path }) => path.endsWith('/config.json'))!.file.text()
  const changed = JSON.stringify({ ...(JSON.parse(config) as object), rms_norm_eps: 1e-6 })
  await friend.service.openModel(modelFiles({ 'config.json': changed }), quiet)
  await expect(friend.service.importAdapter(picked(file))).rejects.toMatchObject({ code: 'adapter-other-base' })
  const { id } = await friend.service.importAdapter(picked(file), true)
  const [was, is] = [await tab.parts.store.adapters.get(adapterId), await friend.parts.store.adapters.get(id)]
  expect(is.adapter).toEqual(was.adapter)
  expect(is.record).toMatchObject({ name: 'cats', base: was.record.base, imported: true })
})
