/** A run is steered from the page, over the fixture. */
import { expect, test } from '@playwright/test'
import { startTraining } from '../ui/states.ts'
import { overFixture } from './over-fixture.ts'

const open = overFixture()

test('a paused run learns slower from here on: what is no rate is refused in words, what was changed is said', async ({ page }) => {
  await page.goto(open('empty', 'train'))
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

test('a paused run goes back to an earlier step, and a second run begins from there while the first one waits', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await startTraining(page, 130)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByText('it stands here')).toBeVisible()
  await page.getByRole('button', { name: 'Go back to step 75' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Paused at step 75')
  await expect(page.getByRole('heading', { name: 'Go back, or begin a second run' })).toBeFocused()
  await expect(page.getByRole('status').filter({ hasText: 'The run stands at step 75.' })).toBeAttached()
  await page.getByRole('button', { name: 'One step' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Paused at step 76')
  await page.getByRole('button', { name: 'Second run from step 50' }).click()
  await page.getByLabel('What to call what the second run learns').fill('gentle')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Learning “gentle”')
  await expect(page.getByText(/^50\s\/ 300$/)).toBeVisible()
  await page.getByRole('button', { name: 'Stop and keep' }).click()
  await expect(page.getByRole('heading', { name: '“pirate” waits at step 76 of 300' })).toBeVisible()
  await page.getByRole('button', { name: 'Earlier steps' }).click()
  await expect(page.getByRole('button', { name: 'Second run from step 50' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Go back/ })).toHaveCount(0)
})

test('runs wait in a list and begin one after another, also after one that fails; each can be taken off', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await startTraining(page, 40)
  for (const name of ['second', 'third', 'fourth']) {
    await page.getByRole('button', { name: 'Add a run' }).click()
    await page.getByLabel('What to call what it learns').fill(name)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('status').filter({ hasText: `“${name}” is added.` })).toBeAttached()
  }
  await page.getByRole('button', { name: 'Remove “third” from the list' }).click()
  await page.evaluate(() => window.homespun.fixture.end('finished'))
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Learning “second”')
  await expect(page.getByText('pirate: kept after 40 steps')).toBeVisible()
  await page.evaluate(() => window.homespun.fixture.fail(Object.assign(new Error('It fell apart.'), { code: 'loss-not-finite', what: 'It fell apart.' }) as never))
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Learning “fourth”')
  await expect(page.getByText('second: not kept: It fell apart.')).toBeVisible()
  await page.evaluate(() => window.homespun.fixture.advance(20))
  await page.evaluate(() => window.homespun.fixture.end('finished'))
  await expect(page.getByRole('button', { name: 'Try it' })).toBeVisible()
  await expect(page.getByText('fourth: kept after 20 steps')).toBeVisible()
})
