/** The page's main job, done the way a person does it, in a real browser over a real engine. */
import { readFile } from 'node:fs/promises'
import { expect, test, type Page, type TestInfo } from '@playwright/test'
import { unzipSync } from 'fflate'
import { withoutPicker } from '../ui/reach.ts'
import {
  answerUnder,
  ask,
  bringModel,
  bringPairs,
  chooseGreedy,
  chooseRun,
  openPage,
  openRoom,
  patience,
  reachStep,
  stepNow,
  title,
} from './flow.ts'

const question = 'The fox sat by the river.'
const tuned = 'With “pirate”'

/** The chart as it is drawn now. */
function drawing(page: Page): Promise<string> {
  return page.locator('.u-wrap canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
}

/** Counts how often the page asks the browser not to clear its storage. */
async function countPersistRequests(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const persist = StorageManager.prototype.persist
    StorageManager.prototype.persist = function () {
      document.documentElement.dataset['asked'] = String(Number(document.documentElement.dataset['asked'] ?? 0) + 1)
      return persist.call(this)
    }
  })
}

async function askBoth(page: Page): Promise<{ base: string; tuned: string }> {
  await openRoom(page, 'try')
  await ask(page, question)
  return { base: await answerUnder(page, 'Base'), tuned: await answerUnder(page, tuned) }
}

export interface WholeWay {
  engine: 'auto' | 'webgpu' | 'tfjs'
  /** So many that the run is still on when it is paused and stopped. */
  steps: number
  /** What to look at before the model is opened. */
  beforeModel?: () => Promise<void>
}

/** Pairs in, an adapter trained and kept, both models asked; after a reload it is there, exported, deleted, imported. */
export async function goTheWholeWay(page: Page, info: TestInfo, { engine, steps, beforeModel }: WholeWay): Promise<void> {
  test.setTimeout(900_000)
  await countPersistRequests(page)
  await openPage(page, engine)
  if (beforeModel) await beforeModel()
  await bringModel(page)
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  await bringPairs(page)
  await chooseRun(page, { steps, every: 4 })

  await test.step('the losses are drawn as they are measured', async () => {
    await page.getByRole('button', { name: 'Start training' }).click()
    await reachStep(page, 1)
    const first = await drawing(page)
    await expect.poll(() => drawing(page), patience).not.toBe(first)
    const second = await drawing(page)
    await reachStep(page, 8)
    await expect.poll(async () => [first, second].includes(await drawing(page)), patience).toBe(false)
    await expect(page.getByRole('img', { name: /Training loss from [\d.]+ to [\d.]+, on unseen pairs [\d.]+\./ })).toBeVisible()
  })

  await test.step('the browser is asked to keep what there now is to lose', async () => {
    await expect(page.locator('html')).toHaveAttribute('data-asked', '1', patience)
  })

  await test.step('a paused run stands still, and the model can be asked meanwhile', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(title(page)).toHaveText(/^Paused at step \d+$/, patience)
    const [step, picture] = [await stepNow(page), await drawing(page)]
    await openRoom(page, 'try')
    await chooseGreedy(page)
    await ask(page, question)
    await answerUnder(page, 'Base')
    await openRoom(page, 'train')
    expect(await stepNow(page)).toBe(step)
    expect(await drawing(page)).toBe(picture)
    await page.getByRole('button', { name: 'Resume' }).click()
    await reachStep(page, step + 4)
  })

  await test.step('stopped, it keeps what it has learnt', async () => {
    // By then it speaks in the new tone; after a few steps only it may have nothing to say.
    await reachStep(page, 60)
    await page.getByRole('button', { name: 'Stop and keep' }).click()
    await expect(title(page)).toHaveText('“pirate” is kept', patience)
    await expect(page.getByText(/^You stopped it: \d+ steps/)).toBeVisible()
  })

  const before = await test.step('base and tuned answer differently', () => askBoth(page))
  expect(before.tuned).not.toBe(before.base)
  expect(requests, 'requests since the model was opened').toEqual([])
  await expect(page.getByText('0 requests since the model was loaded')).toBeVisible()

  await test.step('on the next visit the adapter is on the shelf and answers the same', async () => {
    await page.reload()
    await openRoom(page, 'keep')
    await expect(page.getByRole('heading', { name: 'pirate' })).toBeVisible(patience)
    await bringModel(page)
    await openRoom(page, 'try')
    await chooseGreedy(page)
    expect(await askBoth(page)).toEqual(before)
  })

  await test.step('exported, deleted and imported, it answers the same', async () => {
    await openRoom(page, 'keep')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('button', { name: 'Export the adapter' }).click()
    const path = info.outputPath('pirate.zip')
    await (await download).saveAs(path)
    const names = Object.keys(unzipSync(new Uint8Array(await readFile(path))))
    expect(names).toEqual(expect.arrayContaining(['adapter_config.json', 'adapter_model.safetensors']))
    await page.getByRole('button', { name: 'Delete' }).click()
    await expect(title(page)).toHaveText('Nothing on the shelf yet')
    await page.locator('input[aria-label="Import an adapter"]').setInputFiles(path)
    await expect(title(page)).toHaveText('1 adapter on the shelf', patience)
    await page.getByRole('button', { name: 'Try this' }).click()
    expect(await askBoth(page)).toEqual(before)
  })

  await test.step('as a model it is run once in ONNX Runtime, agrees, and is handed over', async () => {
    await openRoom(page, 'keep')
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('radio', { name: 'Model for transformers.js (ONNX)' }).click()
    await withoutPicker(page)
    const download = page.waitForEvent('download', patience)
    await page.getByRole('button', { name: 'Export the model' }).click()
    const path = info.outputPath('pirate-onnx.zip')
    await (await download).saveAs(path)
    await expect(page.getByText(/its logits differ from the model’s own by\s+(nothing|\de-[6-9])/)).toBeVisible()
    const names = Object.keys(unzipSync(new Uint8Array(await readFile(path))))
    expect(names).toEqual(expect.arrayContaining(['config.json', 'tokenizer.json', 'onnx/model.onnx']))
  })
}
