/** Erasing everything, in the real page: what its database, private folder, caches and choices held is gone. */
import { expect, test, type Page } from '@playwright/test'
import { findChromium } from '../../scripts/lib/chromium.mjs'
import { openRoom, patience, title } from './flow.ts'

test.use({ launchOptions: { executablePath: (await findChromium()) ?? '', args: ['--no-sandbox'] } })

const kept = (page: Page) => page.evaluate(async () => {
  const files: string[] = []
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name)
  const databases = (await indexedDB.databases()).map(({ name }) => name)
  return { files, databases, caches: await caches.keys(), choices: Object.keys(localStorage), session: Object.keys(sessionStorage) }
})

test('nothing of the page remains once everything is erased', async ({ page }) => {
  test.setTimeout(300_000)
  await page.goto('/')
  await expect(title(page)).toHaveText('Thimble is open', patience)
  await openRoom(page, 'data')
  const rows = ['a', 'b', 'c', 'd'].map((letter) => JSON.stringify({ input: `Say ${letter}.`, output: letter })).join('\n')
  await page.locator('main input[type="file"]').setInputFiles({ name: 'letters.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(rows) })
  await expect(title(page)).toHaveText(/^4 pairs/, patience)
  await page.getByRole('button', { name: /engine and privacy/ }).click()
  await page.getByRole('button', { name: 'Dark theme' }).click()
  await page.getByRole('button', { name: 'Close' }).click()
  // A model that was downloaded lies in this folder.
  await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('homespun', { create: true })
    await (await folder.getDirectoryHandle('blobs', { create: true })).getFileHandle('0a1b', { create: true })
  })
  await expect.poll(async () => (await kept(page)).databases).toEqual(['homespun'])
  const before = await kept(page)
  expect(before.files).toEqual(['homespun'])
  expect(before.caches).toEqual([expect.stringMatching(/^homespun\.built-in\./)])
  expect(before.choices).toContain('homespun.theme')
  await openRoom(page, 'keep')
  await page.getByRole('button', { name: 'Erase everything' }).click()
  await page.getByRole('button', { name: 'Erase all of it' }).click()
  await expect(title(page)).toHaveText('Everything is erased', patience)
  expect(await kept(page)).toEqual({ files: [], databases: [], caches: [], choices: [], session: [] })
})
