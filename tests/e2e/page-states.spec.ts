/** Every state of the page, in both themes and at both widths: no accessibility violation, no sideways scrolling, nothing complained of in the console. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import type { ViteDevServer } from 'vite'
import { serveFixture } from '../ui/serve.ts'
import { states } from '../ui/states.ts'

let address: string
let server: ViteDevServer
/** One tab for all: the page's two hundred modules are then fetched once. */
let page: Page
let complaints: string[] = []

test.beforeAll(async ({ browser }) => {
  ;({ address, server } = await serveFixture())
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
})
test.afterAll(async () => {
  await page.context().close()
  await server.close()
})

/** "Legacy": without a tab of its own for every look, which pages with frames of other origins need. */
const axe = () => new AxeBuilder({ page }).setLegacyMode()

const COLOUR_RULES = ['color-contrast', 'link-in-text-block']
const sizes = [
  { width: 1280, height: 800 },
  { width: 360, height: 780 },
]

for (const [index, { name, scenario, room, reach }] of states.entries()) {
  test(`${name}: accessible in both themes, fits 360 px`, async () => {
    complaints = []
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.emulateMedia({ colorScheme: 'light' })
    // The number makes every address another page: a change of room alone would not load it anew.
    await page.goto(`${address}?state=${scenario}&visit=${index}#${room}`)
    await page.waitForFunction(() => window.homespun.workshop.engine.status !== 'starting')
    await reach(page)
    await expect(page.locator('main h1')).toBeAttached()
    for (const size of sizes) {
      await page.setViewportSize(size)
      expect((await axe().analyze()).violations, `${size.width} px, light`).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width)
    }
    // What a theme can change: all else was judged in the light one, and both widths have the same colours.
    await page.emulateMedia({ colorScheme: 'dark' })
    expect((await axe().withRules(COLOUR_RULES).analyze()).violations, 'dark').toEqual([])
    expect(complaints).toEqual([])
  })
}
