/** A run is steered from the page, over the fixture. */
import { expect, test } from '@playwright/test'
import type { ViteDevServer } from 'vite'
import { serveFixture } from '../ui/serve.ts'
import { startTraining } from '../ui/states.ts'

let address: string
let server: ViteDevServer

test.beforeAll(async () => {
  ;({ address, server } = await serveFixture())
})
test.afterAll(() => server.close())

test('a paused run learns slower from here on: what is no rate is refused in words, what was changed is said', async ({ page }) => {
  await page.goto(`${address}?state=empty#train`)
  await startTraining(page, 40)
  await expect(page.getByLabel('How fast it learns')).toHaveCount(0)
  await page.getByRole('button', { name: 'Pause' }).click()
  const use = page.getByRole('button', { name: 'Use it from step 41 on' })
  await expect(use).toBeDisabled()
  await page.getByLabel('How fast it learns').fill('0')
  await expect(page.getByText('At 0 the adapter would learn nothing.')).toBeVisible()
  await expect(use).toBeDisabled()
  await page.getByLabel('How fast it learns').fill('1e-4')
  await page.keyboard.press('Enter')
  await expect(page.getByText('From step 41 on the peak is 0.0001; it was 0.0002.')).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText('from step 41 on')).toBeVisible()
})
