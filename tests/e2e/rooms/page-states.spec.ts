/** Every state of the page, in both themes and at both widths: no accessibility violation, no sideways scrolling, nothing complained of in the console. */
import { createRequire } from 'node:module'
import { expect, test, type Page } from '@playwright/test'
import type axe from 'axe-core'
import type { PreviewServer } from 'vite'
import { serveFixture } from '../../ui/serve.ts'
import { states } from '../../ui/states.ts'

test.describe.configure({ mode: 'parallel' })

let address: string
let server: PreviewServer
/** One tab for all: the page's code is then fetched once. */
let page: Page
let complaints: string[] = []

test.beforeAll(async ({ browser }) => {
  ;({ address, server } = await serveFixture())
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  await context.addInitScript({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') })
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

/** By all rules, or by some. Of what passes nothing is worked out, which is most of the work. */
function violations(rules?: string[]): Promise<axe.Result[]> {
  return page.evaluate(async (runOnly) => {
    const judge = Reflect.get(window, 'axe') as typeof axe
    return (await judge.run(document, { resultTypes: ['violations'], ...(runOnly && { runOnly }) })).violations
  }, rules)
}

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
      expect(await violations(), `${size.width} px, light`).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width)
    }
    // What a theme can change: all else was judged in the light one, and both widths have the same colours.
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await violations(COLOUR_RULES), 'dark').toEqual([])
    expect(complaints).toEqual([])
  })
}
