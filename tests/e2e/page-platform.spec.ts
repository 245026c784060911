/** The built page where training cannot work: it explains, before it asks anything of the person. */
import { gzipSync } from 'node:zlib'
import { chromium, expect, test } from '@playwright/test'

test('F67 without WebGPU the processor does the work, and the page says so and why', async ({ page }) => {
  // A worker has a navigator of its own.
  await page.route('**/assets/engine-*.js', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: 'Reflect.deleteProperty(WorkerNavigator.prototype, "gpu");\n' + (await response.text()) })
  })
  await page.goto('/')
  await page.getByRole('button', { name: /engine and privacy: On the processor, \d+ threads?/ }).click()
  await expect(page.getByText('This browser does not offer WebGPU, which')).toBeVisible()
  await expect(page.getByText('So the processor does the work.')).toBeVisible()
})

test('an http:// address of the network is explained, with how to serve the page instead', async ({ baseURL, launchOptions }) => {
  const { port } = new URL(baseURL ?? '')
  // A browser of its own, for which that address leads to this server.
  const browser = await chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), '--host-resolver-rules=MAP 192.168.1.20 localhost'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(`http://192.168.1.20:${port}/`)
    await expect(page.getByRole('alert')).toContainText('opened over plain http')
    await expect(page.getByRole('alert')).toContainText('http://localhost')
    await expect(page.getByRole('button', { name: 'Choose a folder' })).toHaveCount(0)
  } finally {
    await browser.close()
  }
})

test('the first load is under 150 KB of script', async ({ request, baseURL }) => {
  const html = await (await request.get(baseURL ?? '')).text()
  const named = [...html.matchAll(/<(?:script|link)[^>]*?(?:src|href)="([^"]+\.js)"/g)].map(([, address]) => address ?? '')
  expect(named.length).toBeGreaterThan(0)
  let bytes = 0
  for (const address of named) bytes += gzipSync(await (await request.get(new URL(address, baseURL).href)).body()).length
  expect(bytes).toBeLessThan(150_000)
})

test('F97 a worker file that does not load is told, not waited for', async ({ page }) => {
  await page.route('**/engine-*.js', (route) => route.abort())
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The engine has stopped')
  await expect(page.getByRole('alert')).toContainText('its worker could not go on')
})
