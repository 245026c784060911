/**
 * A browser that is killed at random moments of training and saving: Thimble learns a lesson in the built page, all processes of the
 * browser are killed (SIGKILL), and it is opened again on the same profile, until so many kills were done. After each, every stored
 * record is held to its checksum, and the run goes on from what the page offers, unless its adapter was kept before the kill; the one
 * adapter at the end is held to one that was trained without interruption, byte for byte:
 *     npm run measure:kills -- [--kills 10] [--seed 1] [--steps 60]
 * Build the page first (npx vite build). Linux. One JSON object a line; ends with 1 where anything differed.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { preview } from 'vite'
import { findChromium, NO_CHROMIUM } from './lib/chromium.mjs'
import { storedAdapters, storedFaults } from './lib/stored-records.mjs'

const PATIENCE = 600_000
const EVERY = 4

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' }, steps: { type: 'string', default: '60' } },
})
const [kills, steps] = [Number(values.kills), Number(values.steps)]
const executablePath = (await findChromium()) ?? ''
if (!executablePath) throw new Error(NO_CHROMIUM)
const server = await preview({ root: join(import.meta.dirname, '..'), preview: { host: 'localhost', port: 0 }, logLevel: 'error' })
const address = server.resolvedUrls?.local[0] ?? ''
const profiles = await mkdtemp(join(tmpdir(), 'homespun-kills-'))
const random = generator(Number(values.seed))

try {
  const whole = await open(join(profiles, 'whole'))
  await begin(whole.page)
  const begun = Date.now()
  await kept(whole.page)
  const length = Date.now() - begun
  const [expected] = await storedAdapters(whole.page)
  if (!expected) throw new Error('The uninterrupted run left no adapter.')
  await whole.context.close()
  console.log(JSON.stringify({ uninterrupted: expected.weights, milliseconds: length }))

  let [killed, adapters, differing, faults] = [0, 0, 0, 0]
  while (killed < kills) {
    const profile = join(profiles, `run-${adapters}`)
    let now = await open(profile)
    let isKept = false
    await begin(now.page)
    while (killed < kills && !isKept && !(await endsWithin(now.page, random() * length))) {
      execFileSync('pkill', ['-KILL', '-f', profile])
      killed++
      now = await open(profile)
      const found = await storedFaults(now.page)
      faults += found.length
      const goOn = now.page.getByRole('button', { name: /^Go on from step \d+$/ })
      await now.page.locator('nav a[href="#train"]').click()
      const from = (await goOn.count()) > 0 ? Number(/\d+/.exec((await goOn.textContent()) ?? '')?.[0]) : undefined
      isKept = from === undefined && (await storedAdapters(now.page)).length > 0
      console.log(JSON.stringify({ kill: killed, goesOnFrom: from ?? (isKept ? 'the end' : 'the beginning'), faults: found }))
      if (from !== undefined) await goOn.click()
      else if (!isKept) await begin(now.page)
    }
    if (!isKept) await kept(now.page)
    const made = await storedAdapters(now.page)
    await now.context.close()
    adapters++
    const equal = made.length === 1 && made[0]?.weights === expected.weights && made[0]?.losses === expected.losses
    if (!equal) differing++
    console.log(JSON.stringify({ adapter: adapters, lying: made.length, equal }))
  }
  console.log(JSON.stringify({ kills: killed, adapters, differing, faults }))
  process.exitCode = differing + faults > 0 ? 1 : 0
} finally {
  await server.close()
  await rm(profiles, { recursive: true, force: true, maxRetries: 5 })
}

/**
 * The page on this profile, with Thimble open.
 * @param {string} profile
 */
async function open(profile) {
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: ['--no-sandbox'], viewport: { width: 1280, height: 900 } })
  const page = context.pages()[0] ?? (await context.newPage())
  page.setDefaultTimeout(PATIENCE)
  await page.goto(address)
  await page.getByText('Thimble is open').first().waitFor()
  return { context, page }
}

/**
 * From the suggested lesson to the first step.
 * @param {import('@playwright/test').Page} page
 */
async function begin(page) {
  await page.locator('nav a[href="#model"]').click()
  await page.getByRole('button', { name: 'Teach it this' }).click()
  await page.getByRole('radio', { name: 'Number of updates' }).click()
  await page.getByLabel('How many updates it makes').fill(String(steps))
  await page.getByRole('button', { name: /^Settings/ }).click()
  await page.getByLabel('Updates between checkpoints').fill(String(EVERY))
  await page.getByLabel('Tests without progress before it stops').fill('0')
  await page.getByRole('button', { name: 'Start training' }).click()
}

/**
 * Waits until the run is kept.
 * @param {import('@playwright/test').Page} page
 */
async function kept(page) {
  await endOf(page).waitFor()
}

/** @param {import('@playwright/test').Page} page */
function endOf(page) {
  return page.getByRole('heading', { level: 1, name: /is kept$/ })
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {number} milliseconds
 */
function endsWithin(page, milliseconds) {
  return endOf(page).waitFor({ timeout: Math.max(1, milliseconds) }).then(() => true, () => false)
}

/**
 * Uniform in 0…1, the same for the same seed (a linear congruential generator).
 * @param {number} seed
 */
function generator(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
