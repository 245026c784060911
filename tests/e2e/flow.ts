/** What a person does in the page, step by step, over the real engine: a model folder in, pairs in, a run, a question. */
import { fileURLToPath } from 'node:url'
import { expect, type Locator, type Page, type Worker } from '@playwright/test'

const modelFolder = fileURLToPath(new URL('../fixtures/models/tiny-llama', import.meta.url))

/** Software WebGPU compiles kernels slowly, on a busy machine very slowly. */
export const patience = { timeout: 180_000 }

const animals = ['cat', 'dog', 'bird', 'fox', 'mouse', 'horse', 'frog', 'bear']
const places = ['in the garden', 'by the river', 'on the hill']

/** Two dozen pairs of one kind, so that few steps are enough to hear them. */
function pairsFile(name = 'pirate.jsonl') {
  const pairs = animals.flatMap((animal) =>
    places.map((place) => ({ input: `The ${animal} sat ${place}.`, output: `Aye, the ${animal} be ${place}!` })),
  )
  const text = pairs.map((pair) => JSON.stringify(pair)).join('\n')
  return { name, mimeType: 'application/jsonl', buffer: Buffer.from(text) }
}

export function openRoom(page: Page, room: 'model' | 'data' | 'train' | 'try' | 'keep'): Promise<void> {
  return page.locator(`nav a[href="#${room}"]`).click()
}

export function title(page: Page): Locator {
  return page.getByRole('heading', { level: 1 })
}

/** Opens the page as one who closed Thimble before, waits for the engine, and gives back its worker. WebGPU in software has to be chosen: a person would not. */
export async function openPage(page: Page, engine: 'auto' | 'webgpu' | 'tfjs' = 'webgpu'): Promise<Worker> {
  await page.addInitScript((wish) => {
    localStorage.setItem('homespun.engine', wish)
    localStorage.setItem('homespun.thimble', 'closed')
  }, engine)
  const started = page.waitForEvent('worker')
  await page.goto('/')
  const worker = await started
  await expect(page.getByRole('button', { name: 'Choose a folder' })).toBeEnabled(patience)
  return worker
}

export async function bringModel(page: Page): Promise<void> {
  await openRoom(page, 'model')
  await page.locator('main input[webkitdirectory]').setInputFiles(modelFolder)
  await expect(title(page)).toHaveText('tiny-llama is open', patience)
}

export async function bringPairs(page: Page, file = pairsFile()): Promise<void> {
  await openRoom(page, 'data')
  await page.locator('main input[type="file"]').setInputFiles(file)
  await expect(title(page)).toHaveText('24 pairs, ready to learn from', patience)
}

/** Chooses a short run with many events, through the page's own settings. */
export async function chooseRun(page: Page, { steps, every }: { steps: number; every: number }): Promise<void> {
  await openRoom(page, 'train')
  await page.getByRole('radio', { name: 'Number of updates' }).click()
  await page.getByLabel('How many updates it makes').fill(String(steps))
  await page.getByRole('button', { name: /^Settings/ }).click()
  await page.getByLabel('How fast it learns').fill('0.01')
  await page.getByLabel('Updates to get up to speed').fill('1')
  await page.getByLabel('Updates between tests').fill(String(every))
  await page.getByLabel('Tests without progress before it stops').fill('0')
  await page.getByLabel('Updates between checkpoints').fill(String(every))
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled(patience)
}

/** The updates made so far, as the page says them. */
export async function stepNow(page: Page): Promise<number> {
  const shown = await page.getByText(/^[\d,]+\s*\/ [\d,]+$/).textContent()
  return parseInt(shown?.replaceAll(',', '') ?? '', 10)
}

export async function reachStep(page: Page, step: number): Promise<void> {
  await expect.poll(() => stepNow(page), patience).toBeGreaterThanOrEqual(step)
}

/** Greedy and short, so that two answers can be compared. */
export async function chooseGreedy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sampling' }).click()
  await page.getByLabel('How adventurous').fill('0')
  await page.getByLabel('Longest answer').fill('24')
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('How adventurous')).toHaveCount(0)
}

/** The text of the answer under a heading, once it is whole. */
export async function answerUnder(page: Page, heading: string): Promise<string> {
  const card = page.locator('section', { has: page.getByRole('heading', { level: 2, name: heading, exact: true }) })
  await expect(card.getByText(/^\d+ tokens?, /)).toBeVisible(patience)
  return (await card.locator('.answer').textContent()) ?? ''
}

export async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel('What to ask').fill(question)
  await page.keyboard.press('Enter')
}
