/** The page's main job on TensorFlow.js, for a person who chose it; its Wasm backend, since WebGL in software does not count. */
import { expect, test } from '@playwright/test'
import { findChromium } from '../../scripts/lib/chromium.mjs'
import { goTheWholeWay } from './whole-way.ts'

test.use({ launchOptions: { executablePath: (await findChromium()) ?? '', args: ['--no-sandbox', '--enable-unsafe-swiftshader'] } })

test('the whole way on TensorFlow.js', async ({ page }, info) => {
  await goTheWholeWay(page, info, {
    engine: 'tfjs',
    steps: 4000,
    beforeModel: async () => {
      await page.getByRole('button', { name: /engine and privacy: TensorFlow\.js on processor, through WebAssembly, 1 thread,/ }).click()
      await expect(page.getByText('You chose TensorFlow.js.')).toBeVisible()
      await expect(page.getByRole('radio', { name: 'TensorFlow.js' })).toBeChecked()
      await page.getByRole('button', { name: 'Close' }).click()
    },
  })
})
