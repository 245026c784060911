/**
 * Trains in the built page, in a real Chromium, as a person would, and prints what was measured as one JSON object:
 *     node scripts/measure-page.mjs MODEL_FOLDER PAIRS [--steps N] [--batch-size N] [--lr X] [--max-length T]
 * Build the page first (npm run build). The software adapter is used, so that figures compare between machines without a GPU.
 */
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { unzipSync } from 'fflate'
import { preview } from 'vite'
import { findChromium, NO_CHROMIUM } from './lib/chromium.mjs'
import { processMemory } from './lib/process-memory.mjs'

const HOURS = 3_600_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string' },
    'batch-size': { type: 'string' },
    lr: { type: 'string' },
    'max-length': { type: 'string' },
  },
})
const [model, pairs] = positionals
if (!model || !pairs) throw new Error('Give a model folder and a file of pairs.')
const executablePath = await findChromium()
if (!executablePath) throw new Error(NO_CHROMIUM)

const root = join(import.meta.dirname, '..')
const server = await preview({ root, preview: { host: 'localhost', port: 0 }, logLevel: 'error' })
const profile = await mkdtemp(join(tmpdir(), 'homespun-measure-'))
const browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  args: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--no-sandbox'],
})

try {
  const page = browser.pages()[0] ?? (await browser.newPage())
  page.setDefaultTimeout(HOURS)
  await page.goto(server.resolvedUrls?.local[0] ?? '')
  await page.locator('main input[webkitdirectory]').setInputFiles(model)
  await page.getByText('is open').first().waitFor()
  await page.locator('nav a[href="#data"]').click()
  await page.locator('main input[type="file"]').setInputFiles(pairs)
  await page.getByText('ready to learn from').first().waitFor()
  await page.locator('nav a[href="#train"]').click()
  if (values.steps) {
    await page.getByRole('radio', { name: 'Number of updates' }).click()
    await page.getByLabel('How many updates it makes').fill(values.steps)
  }
  await page.getByRole('button', { name: /^Settings/ }).click()
  const fields = {
    'Pairs looked at together': values['batch-size'],
    'How fast it learns': values.lr,
    'Longest pair, in tokens': values['max-length'],
  }
  for (const [label, value] of Object.entries(fields)) if (value) await page.getByLabel(label).fill(value)
  await page.getByLabel('Batches for each update').fill('1')
  if (values.steps) await page.getByLabel('Updates between tests').fill(values.steps)
  await page.getByRole('button', { name: 'Start training' }).click()
  const begun = performance.now()
  await page.getByRole('heading', { level: 1, name: /is kept$/ }).waitFor()
  const seconds = (performance.now() - begun) / 1000
  const peakResidentBytes = process.platform === 'linux' ? await processMemory(profile, 'VmHWM') : undefined
  await page.locator('nav a[href="#keep"]').click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('button', { name: /^Export/ })
      .first()
      .click(),
  ])
  const files = unzipSync(new Uint8Array(await readFile(await download.path())))
  const receiptPath = Object.keys(files).find((path) => path.endsWith('homespun.json'))
  const receipt = JSON.parse(new TextDecoder().decode(files[receiptPath ?? '']))
  console.log(JSON.stringify({ secondsFromStartToKept: seconds, peakResidentBytes, receipt }, null, 1))
} finally {
  await browser.close()
  await server.close()
}
