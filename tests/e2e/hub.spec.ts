/** Models by name, from a server that behaves as the hub does: found, looked up, downloaded into OPFS, opened, deleted. */
import { expect, test, type Page } from '@playwright/test'
import { HubServer, STRANGER, TOKEN } from '../support/hub-server.ts'
import { COMMIT, REPO, tinyModel } from '../support/tiny-hub-model.ts'
import { bringPairs, chooseRun, openPage, openRoom, patience, title } from './flow.ts'

const WEIGHTS = 'model.safetensors'
const GATED = 'tests/gated'
let hub: HubServer

test.beforeEach(async () => {
  hub = await HubServer.start([tinyModel(), tinyModel({ repo: GATED, gated: true })])
})
test.afterEach(() => hub.close())

/** The page with this server as its hub, and its engine's worker. */
async function open(page: Page) {
  await page.addInitScript((address) => localStorage.setItem('homespun.hub', address), hub.url)
  return openPage(page, 'auto')
}

async function lookUp(page: Page, repo = REPO) {
  await page.getByLabel('Name of a model').fill(repo)
  await page.keyboard.press('Enter')
}

const download = (page: Page) => page.getByRole('button', { name: /^(Download|Go on with) [\d.]+ kB$/ })
const hubWorkers = (page: Page) => page.workers().filter((worker) => /\/hub-[^/]+\.js$/.test(worker.url()))

/** Bytes of every downloaded content in the browser's private file system. */
function keptBytes(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const blobs = await (await root.getDirectoryHandle('homespun', { create: true })).getDirectoryHandle('blobs', { create: true })
    const sizes: number[] = []
    for await (const handle of blobs.values()) if (handle.kind === 'file' && !handle.name.endsWith('.json')) sizes.push((await handle.getFile()).size)
    return sizes
  })
}

/** Whether a context may ask the hub: what the policy says. */
function mayAsk(address: string): Promise<boolean> {
  return fetch(address).then(
    () => true,
    () => false,
  )
}

test('F99 F103 found, looked up, downloaded, trained; then opened without the hub, and deleted', async ({ page }) => {
  test.setTimeout(600_000)
  const engine = await open(page)
  await page.getByLabel('Name of a model').fill('tiny')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: `Look at it: ${REPO}` }).click()

  await test.step('what would come is told, and none of the weights has been asked for', async () => {
    await expect(page.getByRole('row', { name: /model\.safetensors/ })).toBeVisible()
    await expect(page.getByText(COMMIT.slice(0, 12))).toBeVisible()
    await expect(page.getByText('MIT', { exact: true })).toBeVisible()
    await expect(page.getByText('to train', { exact: true })).toBeVisible()
    expect(hub.fetched(WEIGHTS)).toEqual([])
  })

  await test.step('only the hub worker may ask another server', async () => {
    const [worker] = hubWorkers(page)
    const elsewhere = `${hub.url}/api/models`
    expect(await worker?.evaluate(mayAsk, elsewhere)).toBe(true)
    expect(await Promise.all([engine.evaluate(mayAsk, elsewhere), page.evaluate(mayAsk, elsewhere)])).toEqual([false, false])
  })

  await test.step('when the model is open that worker is gone, and nothing more is requested', async () => {
    await download(page).click()
    await expect(title(page)).toHaveText(`${REPO} is open`, patience)
    expect(hubWorkers(page)).toEqual([])
    await expect(page.getByText('0 requests since the model was loaded')).toBeVisible(patience)
    const asked = hub.requests.length
    await bringPairs(page)
    await chooseRun(page, { steps: 2, every: 1 })
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(title(page)).toHaveText('“pirate” is kept', patience)
    expect(hub.requests).toHaveLength(asked)
  })

  await test.step('on the next visit it opens though the hub is gone', async () => {
    await hub.close()
    await page.reload()
    await openRoom(page, 'model')
    await page.getByRole('button', { name: `Open ${REPO}` }).click()
    await expect(title(page)).toHaveText(`${REPO} is open`, patience)
    expect(hubWorkers(page)).toEqual([])
  })

  await test.step('kept in int8 it takes less memory, and the open model is not deleted', async () => {
    await page.getByLabel(/^Weights kept/).click()
    await page.getByRole('option', { name: 'int8' }).click()
    await expect(page.getByLabel('Weights kept: int8')).toBeVisible(patience)
    await page.getByRole('button', { name: 'Choose another' }).click()
    await page.getByRole('button', { name: `Delete ${REPO}` }).click()
    expect(await keptBytes(page)).not.toEqual([])
    await page.getByRole('button', { name: 'Delete the model' }).click()
    await expect(page.getByRole('heading', { name: 'In this browser' })).toHaveCount(0)
    expect(await keptBytes(page)).toEqual([])
  })
})

test('F29 cut halfway, and the tab closed at 90 %: it goes on from there', async ({ page }) => {
  test.setTimeout(300_000)
  const size = tinyModel().commits[0]!.files[WEIGHTS]!.size
  const most = Math.floor(size * 0.9)
  let answers = 0
  hub.fault = ({ origin }) =>
    origin !== 'files' ? undefined : answers++ === 0 ? { kind: 'cut', fraction: 0.5 } : { kind: 'stalls', after: most, release: new Promise(() => undefined) }
  await open(page)
  await lookUp(page)
  await download(page).click()
  await expect.poll(async () => Math.max(...(await keptBytes(page))), patience).toBeGreaterThanOrEqual(most)
  expect(answers).toBe(2)
  await page.reload()
  hub.fault = () => undefined
  const before = hub.fetched(WEIGHTS).length
  await expect(page.getByText(/kB of [\d.]+ kB are here/)).toBeVisible(patience)
  await page.getByRole('button', { name: `Go on with ${REPO}` }).click()
  await page.getByRole('button', { name: /^Go on with [\d.]+ kB$/ }).click()
  await expect(title(page)).toHaveText(`${REPO} is open`, patience)
  const [again] = hub.fetched(WEIGHTS).slice(before)
  expect(Number(/^bytes=(\d+)-$/.exec(again?.headers.range ?? '')?.[1])).toBe(most)
})

test('a download that is paused goes on when it is told to', async ({ page }) => {
  test.setTimeout(300_000)
  hub.fault = ({ origin }) => (origin === 'files' ? { kind: 'stalls', release: new Promise(() => undefined) } : undefined)
  await open(page)
  await lookUp(page)
  await download(page).click()
  await expect.poll(() => hub.fetched(WEIGHTS).length, patience).toBe(1)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByRole('alert')).toHaveCount(0)
  hub.fault = () => undefined
  await page.getByRole('button', { name: /^Go on with/ }).click()
  await expect(title(page)).toHaveText(`${REPO} is open`, patience)
})

test('F28 what a hub refuses is told in plain words, and nothing of it counts as downloaded', async ({ page }) => {
  test.setTimeout(300_000)
  await open(page)
  const told = page.getByRole('alert')
  const leave = () => page.getByRole('button', { name: 'Other models' }).click()

  await test.step('a name that is not there', async () => {
    await lookUp(page, 'tests/nothing')
    await expect(told).toContainText('There is no public model called tests/nothing', patience)
    await leave()
  })
  await test.step('a web page in place of an answer', async () => {
    hub.fault = () => ({ kind: 'html' })
    await lookUp(page)
    await expect(told).toContainText('A web page came in place of the file.')
    await leave()
  })
  await test.step('a file that the hub lists and does not have', async () => {
    hub.fault = ({ origin }) => (origin === 'files' ? { kind: 'status', status: 404 } : undefined)
    await lookUp(page)
    await download(page).click()
    await expect(told).toContainText('The hub lists this file, but does not have it.')
  })
  await test.step('a web page in place of the weights', async () => {
    hub.fault = ({ origin }) => (origin === 'files' ? { kind: 'html' } : undefined)
    await page.getByRole('button', { name: /^Go on with/ }).click()
    await expect(told).toContainText('A web page came in place of the file.')
    await leave()
    await expect(page.getByRole('button', { name: `Go on with ${REPO}` })).toBeVisible()
    await expect(page.getByRole('button', { name: `Open ${REPO}` })).toHaveCount(0)
    hub.fault = () => undefined
  })
  await test.step('a gated model: without a token, with a stranger’s, with one that was let in', async () => {
    await lookUp(page, GATED)
    await expect(page.getByRole('heading', { name: 'Its owner asks you to agree to conditions' })).toBeVisible()
    const give = async (token: string) => {
      await page.getByLabel('Access token').fill(token)
      await page.getByRole('button', { name: 'Look it up with this token' }).click()
    }
    await download(page).click()
    await expect(told).toContainText('its owner asks you to agree to conditions before you download it')
    await give(STRANGER)
    await expect(told).toHaveCount(0)
    await download(page).click()
    await expect(told).toContainText('the account of this token has not been let in')
    await give(TOKEN)
    await download(page).click()
    await expect(title(page)).toHaveText(`${GATED} is open`, patience)
    expect(await page.evaluate(() => localStorage.getItem('homespun.hub-token'))).toBeNull()
  })
})
