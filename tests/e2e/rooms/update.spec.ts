/** The server has another version of the page by now, over the fixture: what is open goes on, and what is missing is told. */
import { expect, test } from '@playwright/test'
import { startTraining } from '../../ui/reach.ts'
import { overFixture } from './over-fixture.ts'

const open = overFixture()

test('F101 while a run goes on nothing more is fetched: with every old file gone, rooms open and the run ends', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await startTraining(page, 40)
  const asked: string[] = []
  await page.route('**/*', (route) => {
    asked.push(route.request().url())
    return route.fulfill({ status: 404 })
  })
  for (const room of ['model', 'data', 'try', 'keep', 'train']) {
    await page.locator(`nav a[href="#${room}"]`).click()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  await page.evaluate(() => {
    window.homespun.fixture.advance(300)
    window.homespun.fixture.end('finished')
  })
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('“pirate” is kept')
  expect(asked).toEqual([])
})

test('F102 an old page whose room is gone from the server says so, and to reload', async ({ page }) => {
  await page.route('**/KeepRoom*', (route) => route.fulfill({ status: 404 }))
  await page.goto(open('shelf', 'data'))
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.locator('nav a[href="#keep"]').click()
  await expect(page.getByRole('alert')).toContainText('This part of the page could not be loaded.')
  await expect(page.getByRole('alert')).toContainText('reload the page. Adapters and checkpoints are kept.')
  await page.locator('nav a[href="#model"]').click()
  await expect(page.getByRole('alert')).toHaveCount(0)
})
