/**
 * Drops a large JSONL of pairs on the built page, in a real Chromium, and prints how long it took, and how busy and full page and
 * worker were:
 *     npm run measure:data -- [--mb 100] [--model]
 * Build the page first (npx vite build). With --model, Thimble is open and tokens are counted too.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { preview } from 'vite'
import { findChromium, NO_CHROMIUM } from './lib/chromium.mjs'
import { watchLongTasks } from './lib/long-tasks.mjs'
import { engineHeap } from './lib/worker-heap.mjs'

const HOUR = 3_600_000
const SCROLLS = 30

/** In the page: a File of about so many bytes, every row another; kept as `window.measured`. */
function makeFile(/** @type {number} */ bytes) {
  const words = 'dog cat garden river stone bread lamp green slow bright seven winter apple harbour letter music'.split(' ')
  let seed = 1
  const word = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return `${words[(seed >>> 16) % words.length]}${(seed >>> 8) % 997}`
  }
  const text = (/** @type {number} */ count) => Array.from({ length: count }, word).join(' ')
  const parts = []
  for (let size = 0, part = ''; size < bytes || part; ) {
    const line = size < bytes ? `${JSON.stringify({ input: text(16), output: text(20) })}\n` : ''
    size += line.length
    part += line
    if (part.length > 1e6 || !line) {
      parts.push(part)
      part = ''
    }
  }
  Object.assign(window, { measured: new File(parts, 'large.jsonl') })
}

function drop() {
  const transfer = new DataTransfer()
  transfer.items.add(Reflect.get(window, 'measured'))
  document.querySelector('.drop')?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
}

const { values } = parseArgs({ options: { mb: { type: 'string', default: '100' }, model: { type: 'boolean', default: false } } })
const executablePath = await findChromium()
if (!executablePath) throw new Error(NO_CHROMIUM)
const server = await preview({ root: join(import.meta.dirname, '..'), preview: { host: 'localhost', port: 0 }, logLevel: 'error' })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(HOUR)
  // Thimble stays closed where it is not wanted.
  if (!values.model) await page.addInitScript(() => localStorage.setItem('homespun.thimble', 'closed'))
  const longTasks = await watchLongTasks(page)
  await page.goto(`${server.resolvedUrls?.local[0]}#data`)
  await page.locator('main button.main:enabled').first().waitFor()
  if (values.model) await page.getByText('is open').first().waitFor()
  await page.evaluate(makeFile, Number(values.mb) * 1e6)
  const engine = await engineHeap(page)
  const held = [0]
  await longTasks.begin()

  const begun = performance.now()
  const seconds = () => Number(((performance.now() - begun) / 1000).toFixed(1))
  await page.evaluate(drop)
  await page.locator('#rows li').first().waitFor()
  const looking = setInterval(() => void engine().then((bytes) => held.push(bytes)), 3000)
  const shown = { afterSeconds: seconds(), longTasksMs: await longTasks.since() }
  const scroller = page.locator('#rows .scroll')
  for (let at = 1; at <= SCROLLS; at++) {
    await scroller.evaluate((element, share) => element.scrollTo(0, element.scrollHeight * share), at / (SCROLLS + 1))
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  }
  const scrolling = { longTasksMs: await longTasks.since(), pageHeapMB: await page.evaluate(() => Math.round(Reflect.get(performance, 'memory').usedJSHeapSize / 1e6)) }
  await page.waitForFunction(() => !/Looking through|Counting/.test(document.querySelector('main')?.textContent ?? ''))
  clearInterval(looking)
  const checked = { afterSeconds: seconds(), longTasksMs: await longTasks.since() }
  console.log(JSON.stringify({ megabytes: Number(values.mb), model: values.model, shown, scrolling, checked, longTasks: await longTasks.end(), engineHeapMB: Math.round(Math.max(...held) / 1e6) }, null, 1))
} finally {
  await browser.close()
  await server.close()
}
