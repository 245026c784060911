/** Before a run, over the fixture: how long it takes, and what is offered where it does not fit. */
import { expect, test } from '@playwright/test'
import { openBoth } from '../../ui/reach.ts'
import { overFixture } from './over-fixture.ts'

const open = overFixture()

test('a run that takes too much offers what makes it smaller, by keyboard; with other weights what was set stays', async ({ page }) => {
  await page.goto(open('too-large', 'train'))
  await openBoth(page)
  const title = page.getByRole('heading', { name: 'It may not fit' })
  await expect(title).toBeVisible()
  await expect(page.getByText('It takes 9.6 GB, and the browser says this machine has about 8.59 GB.')).toBeVisible()
  await page.getByLabel('What to call what it learns').fill('small pirate')
  await page.getByLabel('How often it reads every pair').fill('3')
  await page.getByRole('button', { name: 'Keep the model’s weights in int8' }).click()
  await expect.poll(() => page.evaluate(() => window.homespun.workshop.model.summary?.weights)).toBe('int8')
  await expect(page.getByLabel('What to call what it learns')).toHaveValue('small pirate')
  await expect(page.getByLabel('How often it reads every pair')).toHaveValue('3')
  const offer = page.getByRole('button', { name: 'Look at 2 pairs at a time' })
  await offer.focus()
  await page.keyboard.press('Enter')
  await expect(title).toHaveCount(0)
  await expect(page.getByText(/batch 2 × 2/)).toBeVisible()
})

test('a run for which there was no room offers the same, and leads back to its settings', async ({ page }) => {
  await page.goto(open('no-room', 'train'))
  await openBoth(page)
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(page.getByText('There was no room for 45.1 MB here.')).toBeVisible()
  await page.getByRole('button', { name: 'Look at 2 pairs at a time' }).click()
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled()
  await expect(page.getByText(/batch 2 × 2/)).toBeVisible()
})

test('the length of a run is measured by itself where that is quick, and at a press where it is not', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await openBoth(page)
  await expect(page.getByText('A few updates are measured in a moment.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'About 40 s' })).toBeVisible()
  await page.getByRole('button', { name: /^Settings/ }).click()
  await page.getByLabel('Pairs looked at together').fill('16')
  await expect(page.getByText('Judged from 7 updates measured with other settings.')).toBeVisible()
  await page.getByRole('button', { name: 'Measure a few updates' }).click()
  await expect(page.getByText('From 7 updates measured here with these settings')).toBeVisible()
})
