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
import { processMemory } from './lib/process-memory.mjs'
import { engineHeap } from './lib/worker-heap.mjs'

const HOUR = 3_600_000
const MARK = 'the trace begins'

/** In the page, before all else: long tasks are noted. */
function watch() {
  /** @type {number[]} */
  const longTasks = []
  /** @type {{ at: number, ms: number }[]} */
  const allLongTasks = []
  Object.assign(window, { longTasks, allLongTasks })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      longTasks.push(Math.round(duration))
      allLongTasks.push({ at: startTime, ms: Math.round(duration) })
    }
  }).observe({ type: 'longtask' })
}

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
  await page.addInitScript(watch)
  await page.goto(server.resolvedUrls?.local[0] ?? '')
  await page.getByText('Thimble is open').first().waitFor()
  await page.getByRole('button', { name: 'Teach it this' }).click()
  await page.getByRole('radio', { name: 'Number of updates' }).click()
  await page.getByLabel('How many updates it makes').fill(String(steps))
  const engine = await engineHeap(page)
  const session = await browser.newCDPSession(page)
  await page.evaluate(() => ['longTasks', 'allLongTasks'].forEach((name) => Reflect.get(window, name).splice(0)))
  const longTasks = await traceTasks(page, session)
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.getByRole('heading', { name: 'What changed' }).waitFor()
  await page.getByRole('button', { name: /^layer 1, q_proj/ }).click()
  for (let at = every; at <= steps; at += every) {
    await page.waitForFunction((step) => Number(/step (\d[\d,]*) of/.exec(document.body.innerText)?.[1]?.replace(',', '') ?? Infinity) >= step, at)
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    const longTasksMs = await page.evaluate(() => Reflect.get(window, 'longTasks').splice(0))
    const { renderer } = process.platform === 'linux' ? await processMemory(profile, 'VmRSS') : {}
    const megabytes = { page: mega(usedSize), worker: mega(await engine()), ...(renderer && { renderer: mega(renderer) }) }
    console.log(JSON.stringify({ step: at, megabytes, longTasksMs }))
  }
  console.log(JSON.stringify({ longTasks: await longTasks() }))
} finally {
  await browser.close()
  await server.close()
  await rm(profile, { recursive: true, force: true })
}

/**
 * Begins a trace of the page's tasks; what it returns ends that, and gives of the page's long tasks how long each worked.
 * @param {import('@playwright/test').Page} page
 * @param {import('@playwright/test').CDPSession} session
 */
async function traceTasks(page, session) {
  /** @type {{ name: string, ts: number, dur?: number, tdur?: number }[]} */
  const events = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(.../** @type {typeof events} */ (/** @type {unknown} */ (value))))
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel', 'blink.user_timing'], excludedCategories: ['*'] } })
  const markedAt = await page.evaluate((name) => performance.mark(name).startTime, MARK)
  return async () => {
    const longTasks = await page.evaluate(() => /** @type {{ at: number, ms: number }[]} */ (Reflect.get(window, 'allLongTasks')))
    const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
    await session.send('Tracing.end')
    await ended
    // The page's clock and the trace's differ by a constant.
    const origin = (events.find(({ name }) => name === MARK)?.ts ?? NaN) / 1000 - markedAt
    const tasks = events.filter(({ name, dur = 0 }) => name.endsWith('RunTask') && dur >= 50_000)
    return longTasks.map(({ at, ms }) => {
      const traced = tasks.find(({ ts, dur = 0 }) => Math.abs(ts / 1000 - origin - at) < 2 && Math.abs(dur / 1000 - ms) < 2)
      return { ms, processorMs: traced?.tdur === undefined ? undefined : Math.round(traced.tdur / 1000) }
    })
  }
}

/** @param {number} bytes */
function mega(bytes) {
  return Number((bytes / 1e6).toFixed(1))
}
