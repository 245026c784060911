/**
 * A long run in the built page with every view of it open, in a real Chromium: Thimble learns a lesson, and every so many steps it is
 * noted what page and worker hold, garbage aside, and which tasks of the page took over 50 ms; at the end, what those were in
 * processor time, since a task that had to wait for a core was not long by itself:
 *     npm run measure:run -- [--steps 1000] [--every 100]
 * Build the page first (npx vite build). One JSON object a line.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { preview } from 'vite'
import { findChromium, NO_CHROMIUM } from './lib/chromium.mjs'
import { watchLongTasks } from './lib/long-tasks.mjs'
import { processMemory } from './lib/process-memory.mjs'
import { engineHeap } from './lib/worker-heap.mjs'

const HOUR = 3_600_000

const { values } = parseArgs({ options: { steps: { type: 'string', default: '1000' }, every: { type: 'string', default: '100' } } })
const [steps, every] = [Number(values.steps), Number(values.every)]
const executablePath = await findChromium()
if (!executablePath) throw new Error(NO_CHROMIUM)
const server = await preview({ root: join(import.meta.dirname, '..'), preview: { host: 'localhost', port: 0 }, logLevel: 'error' })
const profile = await mkdtemp(join(tmpdir(), 'homespun-measure-'))
const browser = await chromium.launchPersistentContext(profile, { executablePath, args: ['--no-sandbox'], viewport: { width: 1280, height: 900 } })

try {
  const page = browser.pages()[0] ?? (await browser.newPage())
  page.setDefaultTimeout(HOUR)
  const longTasks = await watchLongTasks(page)
  await page.goto(server.resolvedUrls?.local[0] ?? '')
  await page.getByText('Thimble is open').first().waitFor()
  await page.getByRole('button', { name: 'Teach it this' }).click()
  await page.getByRole('radio', { name: 'Number of updates' }).click()
  await page.getByLabel('How many updates it makes').fill(String(steps))
  const engine = await engineHeap(page)
  const session = await browser.newCDPSession(page)
  await longTasks.begin()
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.getByRole('heading', { name: 'What changed' }).waitFor()
  await page.getByRole('button', { name: /^layer 1, q_proj/ }).click()
  for (let at = every; at <= steps; at += every) {
    await page.waitForFunction((step) => Number(/step (\d[\d,]*) of/.exec(document.body.innerText)?.[1]?.replace(',', '') ?? Infinity) >= step, at)
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    const longTasksMs = await longTasks.since()
    const { renderer } = process.platform === 'linux' ? await processMemory(profile, 'VmRSS') : {}
    const megabytes = { page: mega(usedSize), worker: mega(await engine()), ...(renderer && { renderer: mega(renderer) }) }
    console.log(JSON.stringify({ step: at, megabytes, longTasksMs }))
  }
  console.log(JSON.stringify({ longTasks: await longTasks.end() }))
} finally {
  await browser.close()
  await server.close()
  await rm(profile, { recursive: true, force: true })
}

/** @param {number} bytes */
function mega(bytes) {
  return Number((bytes / 1e6).toFixed(1))
}
