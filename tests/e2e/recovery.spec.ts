/** Runs that are interrupted go on: a lost device, a closed tab; and two tabs do not train at once. */
import { expect, test, type Page, type Worker } from '@playwright/test'
import { bringModel, bringPairs, chooseRun, openPage, openRoom, patience, reachStep, stepNow, title } from './flow.ts'

/** Keeps a handle on every device the worker opens, as its first statement: the product itself has no door for it. */
const keepDevices = `{
  const requestDevice = GPUAdapter.prototype.requestDevice
  globalThis.openedDevices = []
  GPUAdapter.prototype.requestDevice = async function (...options) {
    const device = await requestDevice.apply(this, options)
    globalThis.openedDevices.push(device)
    return device
  }
}
`

async function openWithDevices(page: Page): Promise<Worker> {
  await page.route('**/assets/engine-*.js', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: keepDevices + (await response.text()) })
  })
  return openPage(page)
}

function opened(worker: Worker, action: 'count' | 'destroy last'): Promise<number> {
  return worker.evaluate((what) => {
    const { openedDevices } = globalThis as unknown as { openedDevices: GPUDevice[] }
    if (what === 'destroy last') openedDevices.at(-1)?.destroy()
    return openedDevices.length
  }, action)
}

async function startRun(page: Page, steps: number): Promise<void> {
  await bringModel(page)
  await bringPairs(page)
  await chooseRun(page, { steps, every: 2 })
  await page.getByRole('button', { name: 'Start training' }).click()
}

test('F71 a device lost in mid-run is told, and the run goes on from its checkpoint on a new one and ends', async ({ page }) => {
  test.setTimeout(600_000)
  const worker = await openWithDevices(page)
  await startRun(page, 12)
  await reachStep(page, 5)
  expect(await opened(worker, 'destroy last')).toBe(1)
  await expect(page.getByText('The graphics device was lost.')).toBeVisible(patience)
  await expect(page.getByText(/is back. The run goes on from its checkpoint at step \d+\./)).toBeVisible(patience)
  await expect(title(page)).toHaveText('“pirate” is kept', patience)
  await expect(page.getByText(/12 steps/).first()).toBeVisible()
  expect(await opened(worker, 'count')).toBe(2)
})

test('F91 F96 a second tab is told of the run; when the first is closed in mid-run, the run goes on there and ends', async ({
  context,
}) => {
  test.setTimeout(600_000)
  const first = await context.newPage()
  await openPage(first)
  await startRun(first, 40)
  await reachStep(first, 4)
  await first.getByRole('button', { name: 'Pause' }).click()
  await expect(title(first)).toHaveText(/^Paused at step/, patience)

  const second = await context.newPage()
  await openPage(second)
  await startRun(second, 40)
  await expect(second.getByText('Another tab of this browser is training right now.')).toBeVisible(patience)
  await expect(second.getByRole('heading', { name: /” waits at step/ })).toHaveCount(0)

  await first.getByRole('button', { name: 'Resume' }).click()
  await reachStep(first, (await stepNow(first)) + 1)
  await first.close()
  await second.reload()
  await expect(second.getByRole('heading', { name: /” waits at step \d+ of 40$/ })).toBeVisible(patience)
  await bringModel(second)
  await openRoom(second, 'train')
  const goOn = second.getByRole('button', { name: /^Go on from step \d+$/ })
  await expect(goOn).toBeVisible(patience)
  await goOn.click()
  await expect(title(second)).toHaveText('“pirate” is kept', patience)
  await expect(second.getByText(/40 steps/).first()).toBeVisible()
})
