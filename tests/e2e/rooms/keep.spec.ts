/** What a person does with the adapters they keep, over the fixture. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { openBoth, openModel, withoutPicker } from '../../ui/reach.ts'
import { overFixture } from './over-fixture.ts'

const open = overFixture()

test('a deletion is undone by keyboard; the next one, or leaving the room, makes it final', async ({ page }) => {
  await page.goto(open('shelf', 'keep'))
  await openBoth(page)
  const kept = () => page.evaluate(async () => (await window.homespun.fixture.listAdapters()).map(({ id }) => id))
  const card = (name: string) => page.getByRole('article').filter({ has: page.getByRole('heading', { name }) })
  await card('pirate').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('“pirate” is deleted.')).toBeVisible()
  await expect(page.getByText('Once you leave this room, or delete another, it cannot be had back.')).toBeVisible()
  await expect(card('pirate')).toHaveCount(0)
  expect(await kept()).toEqual(['a', 'b', 'c'])
  await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(card('pirate')).toBeVisible()
  await card('pirate').getByRole('button', { name: 'Delete' }).click()
  await card('قراصنة').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('“قراصنة” is deleted.')).toBeVisible()
  expect(await kept()).toEqual(['b', 'c'])
  await page.locator('nav a[href="#data"]').click()
  await expect.poll(kept).toEqual(['b'])
})

/** A picker that answers without a window: a file of the origin's own, or none. */
async function pickerGives(page: Page, what: 'file' | 'nothing') {
  await page.evaluate((given) => {
    const pick = async ({ suggestedName }: { suggestedName: string }) => {
      if (given === 'nothing') throw new DOMException('The user aborted a request.', 'AbortError')
      return (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true })
    }
    Object.defineProperty(window, 'showSaveFilePicker', { value: pick, configurable: true })
  }, what)
}

const filesOf = (page: Page) => page.evaluate(async () => {
  const files: [string, number][] = []
  for await (const [name, handle] of await navigator.storage.getDirectory()) {
    if (handle.kind === 'file') files.push([name, (await handle.getFile()).size])
  }
  return files.sort()
})

test('a whole model and a backup go straight into the file that was named, where the browser can; named none, nothing happens', async ({ page }) => {
  const downloads: string[] = []
  page.on('download', (one) => downloads.push(one.suggestedFilename()))
  await page.goto(open('shelf', 'keep'))
  await openBoth(page)
  await page.getByRole('button', { name: 'Export' }).first().click()
  await page.getByRole('radio', { name: /Whole model/ }).click()
  await pickerGives(page, 'nothing')
  await page.getByRole('button', { name: 'Export the model' }).click()
  await expect(page.getByRole('button', { name: 'Export the model' })).toBeEnabled()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(page.getByText(/^Exported as/)).toHaveCount(0)
  await pickerGives(page, 'file')
  await page.getByRole('button', { name: 'Export the model' }).click()
  await expect(page.getByText('Exported as pirate-merged.zip. It was read back')).toBeVisible()
  await page.getByRole('radio', { name: /ONNX/ }).click()
  await page.getByRole('button', { name: 'Export the model' }).click()
  await expect(page.getByText('Exported as pirate-onnx-fp32.zip. It was run once')).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Back up everything' }).click()
  await expect(page.getByText(/^Saved 0 adapters/)).toBeVisible()
  const files = await filesOf(page)
  expect(files.map(([name]) => name)).toEqual([expect.stringMatching(/^homespun-backup-[0-9-]{10}\.zip$/), 'pirate-merged.zip', 'pirate-onnx-fp32.zip'])
  for (const [name, bytes] of files) expect(bytes, name).toBeGreaterThan(20)
  expect(downloads).toEqual([])
})

test('an adapter of another version of the model is offered, with the risk, and its copy says what it learnt on', async ({ page }) => {
  await page.goto(open('other-version', 'keep'))
  await openModel(page)
  const card = page.getByRole('article').first()
  await expect(card.getByText('It learnt on another version of Thimble-4M.')).toBeVisible()
  await expect(card.getByRole('button', { name: 'Try this' })).toBeDisabled()
  await card.getByRole('button', { name: 'Use it here all the same' }).click()
  await expect(page.getByRole('alertdialog')).toContainText('it may answer worse, or nonsense')
  await page.getByRole('button', { name: 'Put a copy on the shelf' }).click()
  const copy = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'pirate, on Thimble-4M' }) })
  await expect(copy.getByRole('button', { name: 'Try this' })).toBeEnabled()
  await copy.getByText('How it was made').click()
  await expect(copy.getByText('Thimble-4M (ffff)')).toBeVisible()
  await expect(page.getByRole('article')).toHaveCount(3)
})

test('a note and tags are written, found again by word and by tag, and a copy carries them', async ({ page }) => {
  await page.goto(open('full-shelf', 'keep'))
  await openBoth(page)
  await page.getByRole('button', { name: 'Change the note on “pirate, rank 4”' }).click()
  await page.getByLabel('Note', { exact: true }).fill('the smallest that still rhymes')
  await page.getByRole('textbox', { name: 'Tags' }).fill('ranks, smallest')
  await page.getByRole('button', { name: 'Keep the note' }).click()
  await page.getByLabel('Find a word on the shelf').fill('rhymes')
  await expect(page.getByText('1 of 7 adapters')).toBeVisible()
  await expect(page.getByRole('article')).toHaveCount(1)
  await page.getByRole('button', { name: 'Duplicate' }).click()
  await expect(page.getByRole('heading', { name: 'pirate, rank 4, copy' })).toBeVisible()
  await page.getByLabel('Find a word on the shelf').fill('')
  await page.getByRole('button', { name: 'ranks', exact: true }).click()
  await expect(page.getByText('5 of 8 adapters')).toBeVisible()
  await page.getByRole('button', { name: 'ranks', exact: true }).click()
  await expect(page.getByRole('article')).toHaveCount(8)
})

test('adapters are compared: what differs is told, what does not is left out', async ({ page }) => {
  await page.goto(open('full-shelf', 'keep'))
  await page.getByRole('button', { name: 'Compare' }).click()
  const dialog = page.getByRole('dialog')
  for (const box of await dialog.getByRole('checkbox').all()) await box.uncheck()
  await expect(dialog.getByText('Choose one more')).toBeVisible()
  await dialog.getByRole('checkbox', { name: 'pirate, rank 64' }).check()
  await dialog.getByRole('checkbox', { name: 'pirate, rank 4' }).check()
  const differs = dialog.getByRole('table', { name: 'What differs' })
  await expect(differs.getByRole('row')).toHaveText([/A.*B/, /Rank, alpha\s*64, 128\s*4, 8/])
  await expect(dialog.getByRole('img', { name: /^Training loss: A from 3.* B from 4/ })).toBeVisible()
  await dialog.getByRole('radio', { name: 'unseen pairs' }).click()
  await expect(dialog.getByRole('img', { name: /^Loss on unseen pairs: A from 3/ })).toBeVisible()
})

test('a backup is saved, everything is erased, and nothing of it is left; the backup brings it back', async ({ page }, info) => {
  await page.goto(open('shelf', 'data'))
  await openBoth(page)
  await page.locator('nav a[href="#keep"]').click()
  await expect.poll(() => page.evaluate(async () => (await window.homespun.fixture.keptDatasets()).length)).toBe(1)
  await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('homespun', { create: true })
    await folder.getFileHandle('weights', { create: true })
    await (await caches.open('homespun.built-in.x')).put('/thimble', new Response('weights'))
    localStorage.setItem('homespun.theme', 'dark')
  })
  const left = () => page.evaluate(async () => {
    const files: string[] = []
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name)
    const databases = (await indexedDB.databases()).map(({ name }) => name)
    return { files, databases, caches: await caches.keys(), choices: Object.keys(localStorage), session: Object.keys(sessionStorage) }
  })
  const before = await left()
  expect([before.files, before.databases, before.caches]).toEqual([['homespun'], ['homespun'], ['homespun.built-in.x']])
  expect(before.choices).toContain('homespun.theme')

  await withoutPicker(page)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Back up everything' }).click()
  const path = info.outputPath('backup.zip')
  await (await download).saveAs(path)
  await expect(page.getByText(/^Saved 0 adapters, 1 dataset and 0 unfinished runs/)).toBeVisible()
  await page.getByRole('button', { name: 'Erase everything' }).click()
  await page.getByRole('button', { name: 'Erase all of it' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Everything is erased')
  expect(await left()).toEqual({ files: [], databases: [], caches: [], choices: [], session: [] })

  await page.getByRole('button', { name: 'Begin anew' }).click()
  await page.locator('nav a[href="#keep"]').click()
  await page.setInputFiles('input[aria-label="Restore a backup"]', path)
  await expect(page.getByText(/^Put back from .*: 1 dataset\.$/)).toBeVisible()
  expect(await page.evaluate(async () => (await window.homespun.fixture.keptDatasets()).map(({ name }) => name))).toEqual(['pirate.csv'])
})

test('a zip dropped in any room is known for what it is: an adapter, a backup, or neither', async ({ page }) => {
  await page.goto(open('shelf', 'data'))
  await openBoth(page)
  const drop = (name: string, kind: 'adapter' | 'backup' | 'other') => page.evaluate(async ([fileName, what]) => {
    const { fixture } = window.homespun
    const [adapter] = await fixture.listAdapters()
    const contents = what === 'backup' ? (await fixture.backUp({}, () => {})).zip : what === 'adapter' ? (await fixture.exportAdapter(adapter!.id)).bytes : 'PK'
    const transfer = new DataTransfer()
    transfer.items.add(new File([contents], fileName!))
    document.querySelector('main')!.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  }, [name, kind])
  await drop('notes.zip', 'other')
  await expect(page.getByText('This zip is neither an adapter nor a backup.')).toBeVisible()
  await drop('homespun-backup.zip', 'backup')
  await expect(page).toHaveURL(/#keep$/)
  await expect(page.getByText('Nothing was missing of the backup')).toBeVisible()
  await page.locator('nav a[href="#train"]').click()
  await drop('pirate.zip', 'adapter')
  await expect(page).toHaveURL(/#keep$/)
  await expect(page.getByRole('alert')).toContainText('made for another model')
})

test('an adapter’s folder or its files, picked or dropped, are an adapter; a model’s folder is not', async ({ page }) => {
  await page.goto(open('shelf', 'keep'))
  await openBoth(page)
  const refused = page.getByRole('alert')
  const files = ['adapter_config.json', 'adapter_model.safetensors'].map((name) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from('{}') }))
  await page.setInputFiles('input[aria-label="Import an adapter"]', files)
  await expect(refused).toContainText('made for another model')
  await expect(refused).toContainText('adapter_config.json, adapter_model.safetensors')
  await page.locator('nav a[href="#data"]').click()
  await page.evaluate(() => {
    const transfer = new DataTransfer()
    for (const name of ['adapter_config.json', 'adapter_model.safetensors']) transfer.items.add(new File(['{}'], name))
    document.querySelector('main')!.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  })
  await expect(page).toHaveURL(/#keep$/)
  await expect(refused).toContainText('made for another model')
  await page.locator('nav a[href="#train"]').click()
  await page.evaluate(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['{}'], 'notes.json'))
    document.querySelector('main')!.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  })
  await expect(page).toHaveURL(/#train$/)
})

test('a folder dropped from the desktop is walked, whatever lies in it, and its adapter is on the shelf', async ({ page }, info) => {
  const folder = info.outputPath('rhymes')
  await mkdir(join(folder, 'runs'), { recursive: true })
  for (const name of ['adapter_model.safetensors', 'runs/notes.txt', '.hidden']) await writeFile(join(folder, name), 'x')
  const writeBase = (base: string) => writeFile(join(folder, 'adapter_config.json'), JSON.stringify({ base_model_name_or_path: base }))
  await page.goto(open('shelf', 'data'))
  await openBoth(page)
  const client = await page.context().newCDPSession(page)
  const drop = async () => {
    const data = { items: [], files: [folder], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await client.send('Input.dispatchDragEvent', { type, x: 640, y: 500, data })
  }
  // Chromium lets a drag go that comes while it lays the page out.
  const dropUntil = (seen: () => Promise<void>) => expect(async () => (await drop(), await seen())).toPass()
  await writeBase('another')
  await dropUntil(() => expect(page.getByRole('alert')).toContainText('rhymes/adapter_config.json', { timeout: 5_000 }))
  await page.locator('nav a[href="#train"]').click()
  await writeBase(await page.evaluate(() => window.homespun.workshop.model.summary!.identity.name))
  await dropUntil(() => expect(page).toHaveURL(/#keep$/, { timeout: 5_000 }))
  const card = page.getByRole('article').filter({ hasText: 'imported' }).first()
  await expect(card).toContainText('rhymes')
  for (const path of ['adapter_config.json', 'adapter_model.safetensors', 'runs/notes.txt']) await expect(card).toContainText(`rhymes/${path}`)
  await expect(card).not.toContainText('.hidden')
})
