/** What a visitor waits for in the built page: until it can be used, and from the press of the button to the first update. */
import { join } from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import { build, preview } from 'vite'
import { findChromium, NO_CHROMIUM } from '../scripts/lib/chromium.mjs'
import type { Bench } from './lib/bench.ts'
import { byTurns, timed, type Contestant } from './lib/rounds.ts'

const ROOT = join(import.meta.dirname, '..')
const MODEL = join(ROOT, 'tests/fixtures/models/tiny-llama')
const PAIRS = Array.from({ length: 32 }, (_, i) => JSON.stringify({ input: `The cat sat on hill ${i}.`, output: `The dog sat on hill ${i}.` }))

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  page.setDefaultTimeout(300_000)
  // Thimble would be open, and no folder to choose.
  await page.addInitScript(() => localStorage.setItem('homespun.thimble', 'closed'))
  await page.goto(url)
  await page.getByRole('button', { name: 'Choose a folder' }).and(page.locator(':enabled')).waitFor()
  return page
}

/** Brings a model and pairs, so that only the button is left to press. */
async function prepare(page: Page): Promise<void> {
  await page.locator('main input[webkitdirectory]').setInputFiles(MODEL)
  await page.getByText('is open').first().waitFor()
  await page.locator('nav a[href="#data"]').click()
  await page.locator('main input[type="file"]').setInputFiles({ name: 'pairs.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(PAIRS.join('\n')) })
  await page.getByText('ready to learn from').first().waitFor()
  await page.locator('nav a[href="#train"]').click()
}

async function firstUpdate(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.getByText(/^[1-9]\d*\s*\/ \d+$/).waitFor()
}

const nothing = () => undefined

export const startup: Bench = {
  name: 'startup',
  title: 'The page, in a new browser profile each time: tiny Llama on the processor',
  async run({ rounds, tell }) {
    const executablePath = await findChromium()
    if (!executablePath) throw new Error(NO_CHROMIUM)
    tell('building the page')
    await build({ root: ROOT, logLevel: 'error' })
    const server = await preview({ root: ROOT, preview: { host: 'localhost', port: 0 }, logLevel: 'error' })
    const url = server.resolvedUrls?.local[0] ?? ''
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    const usable: Contestant = {
      name: 'from the address to a page that can be used',
      close: nothing,
      async run() {
        let page: Page | undefined
        const milliseconds = await timed(async () => (page = await openPage(browser, url)))
        await page!.context().close()
        return milliseconds
      },
    }
    const first: Contestant = {
      name: 'from "Start training" to the first update',
      close: nothing,
      async run() {
        const page = await openPage(browser, url)
        await prepare(page)
        const milliseconds = await timed(() => firstUpdate(page))
        await page.context().close()
        return milliseconds
      },
    }
    try {
      return { results: await byTurns([usable, first], Math.min(rounds, 5), 1, tell), base: usable.name }
    } finally {
      await browser.close()
      await server.close()
    }
  },
}
