/**
 * Pictures of the built page in real use, 1280 and 360 px wide, light and dark: the first visit, then the five rooms over a run
 * of the tiny Llama of the tests. Also renews docs/train.png, which README.md shows.
 *   npm run build && npm run screenshots [-- FOLDER]      (test-results/screenshots unless told)
 */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright'
import { preview } from 'vite'
import { getChromium } from './lib/chromium.mjs'

/** @typedef {import('playwright').Page} Page */

const root = join(import.meta.dirname, '..')
const folder = resolve(process.env['INIT_CWD'] ?? '.', process.argv[2] ?? join(root, 'test-results/screenshots'))
const wide = { width: 1280, height: 800 }
const narrow = { width: 360, height: 780 }
const patience = { timeout: 300_000 }
/** So many updates; the pictures of the run are taken from the hundredth on. */
const steps = 180
const pictured = /^1[0-4]\d\s*\/ 180$/

const places = ['in the garden', 'by the river', 'under the tree', 'on the hill', 'near the house', 'in the forest']
const animals = ['cat', 'dog', 'bird', 'fox', 'mouse', 'horse', 'frog', 'bear']
// Answers of letters and full stops: this model has never met a comma, so it cannot learn to write one.
const pairs = animals.flatMap((animal) =>
  places.map((place) => ({ input: `Where is the ${animal}? ${place}`, output: `The ${animal} be ${place}. Arr.` })),
)
// One row as files have them: the Data room says what is wrong with it.
const lines = [...pairs, { input: 'Where is the crow?' }].map((pair) => JSON.stringify(pair)).join('\n')

/** No button looks pointed at. @param {Page} page */
const moveAway = (page) => page.mouse.move(0, 0)

/**
 * Makes the window as tall as the page, so that the bar of a narrow one lies below what it would cover.
 * @param {Page} page @param {typeof wide} size
 */
async function showWhole(page, { width, height }) {
  await page.setViewportSize({ width, height })
  const whole = await page.locator('html').evaluate((html) => html.scrollHeight)
  await page.setViewportSize({ width, height: Math.max(height, whole) })
}

/** @param {Page} page @param {string} name */
async function takeAll(page, name) {
  await moveAway(page)
  for (const size of [wide, narrow]) {
    await showWhole(page, size)
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme })
      // Two frames: one for the theme, one for what is drawn after it.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      await page.screenshot({ path: join(folder, `${name}-${size.width}-${colorScheme}.png`) })
    }
  }
  await page.setViewportSize(wide)
  await page.emulateMedia({ colorScheme: 'light' })
}

/** @param {Page} page @param {string} room */
const open = (page, room) => page.locator(`nav a[href="#${room}"]`).click()

/** @param {Page} page @param {string | RegExp} title */
const reach = (page, title) => page.getByRole('heading', { level: 1, name: title }).waitFor(patience)

/** What the page opens with. @param {Page} page */
async function visit(page) {
  await reach(page, 'Thimble is open')
  await takeAll(page, '0-first-visit')
  await open(page, 'data')
  await takeAll(page, '0-lessons')
  await open(page, 'model')
  await page.getByRole('button', { name: 'Choose another' }).click()
}

/** @param {Page} page */
async function bringModelAndPairs(page) {
  await page.getByRole('button', { name: 'Choose a folder', disabled: false }).waitFor(patience)
  await takeAll(page, '0-begin')
  await page.locator('main input[webkitdirectory]').setInputFiles(join(root, 'tests/fixtures/models/tiny-llama'))
  await reach(page, 'tiny-llama is open')
  await takeAll(page, '1-model')
  await open(page, 'data')
  const file = { name: 'pirate.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(lines) }
  await page.locator('main input[type="file"]').setInputFiles(file)
  await reach(page, /ready to learn from$/)
  await takeAll(page, '2-data')
}

/** @param {Page} page */
async function train(page) {
  await open(page, 'train')
  await page.getByRole('radio', { name: 'Number of updates' }).click()
  await page.getByLabel('How many updates it makes').fill(String(steps))
  const start = page.getByRole('button', { name: 'Start training', disabled: false })
  await start.waitFor(patience)
  // The pre-flight of this very length.
  await page.getByText(String(steps), { exact: true }).waitFor(patience)
  await takeAll(page, '3-train-before')
  await start.click()
  await page.getByText(pictured).waitFor(patience)
  await moveAway(page)
  await page.screenshot({ path: join(root, 'docs/train.png') })
  await takeAll(page, '3-train')
  await page.getByRole('button', { name: 'Try it' }).waitFor(patience)
  await takeAll(page, '3-train-after')
}

/** @param {Page} page */
async function tryAndKeep(page) {
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByLabel('What to ask').fill('Where is the fox? by the river')
  await page.keyboard.press('Enter')
  await page
    .getByText(/^\d+ tokens?, /)
    .nth(1)
    .waitFor(patience)
  await takeAll(page, '4-try')
  await open(page, 'keep')
  await takeAll(page, '5-keep')
}

mkdirSync(folder, { recursive: true })
const server = await preview({ root, preview: { host: 'localhost', port: 0 }, logLevel: 'error' })
const browser = await chromium.launch({
  executablePath: await getChromium(),
  args: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--no-sandbox'],
})
try {
  const page = await browser.newPage({ viewport: wide, reducedMotion: 'reduce' })
  await page.goto(server.resolvedUrls?.local[0] ?? '')
  await visit(page)
  await bringModelAndPairs(page)
  await train(page)
  await tryAndKeep(page)
  console.log(`Pictures are in ${folder}, and docs/train.png is new.`)
} finally {
  await browser.close()
  await server.close()
}
