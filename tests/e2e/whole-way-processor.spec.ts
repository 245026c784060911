/** The page's main job where the browser has no WebGPU: ONNX Runtime on Wasm, with threads and without. */
import { expect, test } from '@playwright/test'
import { findChromium } from '../../scripts/lib/chromium.mjs'
import { goTheWholeWay } from './whole-way.ts'

test.use({ launchOptions: { executablePath: (await findChromium()) ?? '', args: ['--no-sandbox'] } })

test('the whole way on the processor, with threads', async ({ page }, info) => {
  await goTheWholeWay(page, info, {
    engine: 'auto',
    steps: 4000,
    beforeModel: () => expect(page.getByRole('button', { name: /engine and privacy: On the processor, [2-8] threads/ })).toBeVisible(),
  })
})

test('the whole way on the processor, where the server does not isolate the page: one thread, and said so', async ({ page }, info) => {
  await page.route('**/*', async (route) => {
    const response = await route.fetch()
    const headers = Object.fromEntries(Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin-')))
    await route.fulfill({ response, headers })
  })
  await goTheWholeWay(page, info, {
    engine: 'auto',
    steps: 4000,
    beforeModel: async () => {
      await page.getByRole('button', { name: /engine and privacy: On the processor, 1 thread,/ }).click()
      await expect(page.getByText('only one thread may be used')).toBeVisible()
      await page.getByRole('button', { name: 'Close' }).click()
    },
  })
})
