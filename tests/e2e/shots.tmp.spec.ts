import { test } from '@playwright/test'
import type { ViteDevServer } from 'vite'
import { serveFixture } from '../ui/serve.ts'
import { startTraining } from '../ui/states.ts'
let address: string
let server: ViteDevServer
test.beforeAll(async () => { ;({ address, server } = await serveFixture()) })
test.afterAll(() => server.close())
test('shots', async ({ page }) => {
  const shot = async (name: string) => {
    for (const [size, width, scheme] of [['wide', 1280, 'light'], ['narrow', 360, 'dark']] as const) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: `/tmp/hs/steer/shots/${name}-${size}.png`, fullPage: true })
      console.log(name, size, await page.evaluate(() => document.documentElement.scrollWidth))
    }
    await page.setViewportSize({ width: 1280, height: 900 })
  }
  await page.goto(`${address}?state=empty#train`)
  await startTraining(page, 130)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByLabel('How fast it learns').fill('1e-4')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Second run from step 75' }).click()
  await page.getByRole('button', { name: 'Add a run' }).click()
  await shot('paused')
  await page.getByLabel('What to call what it learns').fill('slower')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Add a run' }).waitFor()
  await page.evaluate(() => window.homespun.fixture.end('finished'))
  await page.getByRole('heading', { name: 'Learning “slower”' }).waitFor()
  await shot('next')
  await page.goto(`${address}?state=unfinished&x=1#train`)
  await page.waitForFunction(() => window.homespun.workshop.engine.status === 'ready')
  await page.evaluate(() => window.homespun.openModel())
  await page.evaluate(() => window.homespun.openData())
  await page.evaluate(() => window.homespun.workshop.model.keepAs('int8'))
  await page.getByRole('button', { name: 'Earlier steps' }).click()
  await page.getByRole('button', { name: 'Second run from step 50' }).waitFor()
  await shot('unfinished')
})
