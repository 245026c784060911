/** Every state of the page, in both themes: no accessibility violation, no sideways scrolling, nothing complained of in the console. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import type { ViteDevServer } from 'vite'
import { serveFixture } from '../ui/serve.ts'
import { states } from '../ui/states.ts'

let address: string
let server: ViteDevServer

test.beforeAll(async () => {
  ;({ address, server } = await serveFixture())
})
test.afterAll(() => server.close())
test.use({ contextOptions: { reducedMotion: 'reduce' } })

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })
    for (const { name, scenario, room, reach } of states) {
      test(`${name}: accessible, fits 360 px`, async ({ page }) => {
        const complaints: string[] = []
        page.on('console', (message) => {
          if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
        })
        page.on('pageerror', (error) => complaints.push(error.message))
        await page.goto(`${address}?state=${scenario}#${room}`)
        await page.waitForFunction(() => window.homespun.workshop.engine.status !== 'starting')
        await reach(page)
        await expect(page.locator('main h1')).toBeAttached()
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
        await page.setViewportSize({ width: 360, height: 780 })
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
        expect(complaints).toEqual([])
      })
    }
  })
}
