/** What a person does in the Try room, over the fixture: looks into answers, measures on rows, and asks for what was learnt. */
import { expect, test } from '@playwright/test'
import type { ViteDevServer } from 'vite'
import { serveFixture } from '../ui/serve.ts'
import { openBoth } from '../ui/states.ts'

let address: string
let server: ViteDevServer

test.beforeAll(async () => {
  ;({ address, server } = await serveFixture())
})
test.afterAll(() => server.close())

const open = (scenario: string, room: string) => `${address}?state=${scenario}#${room}`

test('the tokens of both answers are reached by keyboard, and tell what else could have stood there in base and tuned', async ({ page }) => {
  await page.goto(open('shelf', 'try'))
  await openBoth(page)
  await page.getByLabel('What to ask').fill('Hm?')
  await page.keyboard.press('Enter')
  const tokens = page.getByRole('group', { name: 'The answer, token by token.' })
  await expect(tokens).toHaveCount(2)
  const told = page.getByRole('dialog', { name: 'Alternatives of this token' })
  await tokens.last().getByRole('button').first().focus()
  await expect(told.getByRole('caption')).toContainText('Arr')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await expect(tokens.last().getByRole('button').nth(2)).toBeFocused()
  await expect(told.getByRole('caption')).toContainText('a')
  await expect(told.getByRole('row')).toHaveCount(9)
  await expect(told.getByRole('columnheader')).toHaveText(['token', 'base', 'tuned'])
  await expect(told.getByRole('row', { name: 'chosen' })).toHaveText(/\d %.*\d %/)
  await page.keyboard.press('Escape')
  await expect(told).toHaveCount(0)
  await tokens.first().getByRole('button', { name: 'sunny' }).hover()
  await expect(told.getByRole('caption')).toContainText('sunny')
  await page.getByRole('switch', { name: /^Word by word/ }).click()
  await expect(tokens).toHaveCount(0)
  await expect(page.locator('mark', { hasText: 'matey' })).toBeVisible()
})

test('another adapter answers beside, and base and tuned are measured on rows: wrong ones first, one put right and learnt', async ({ page }) => {
  await page.goto(open('shelf', 'try'))
  await openBoth(page)
  const other = page.getByRole('group', { name: 'Who else answers' }).getByRole('button')
  await other.click()
  await expect(other).toHaveAttribute('aria-pressed', 'true')
  await page.getByLabel('What to ask').fill('Hm?')
  await page.keyboard.press('Enter')
  await expect(page.getByText('matey')).toHaveCount(2)
  await page.getByRole('radio', { name: 'Score on rows' }).click()
  await page.getByRole('button', { name: 'Measure both' }).click()
  await expect(page.getByText('6 of 6 rows measured')).toBeVisible()
  await expect(page.getByRole('row', { name: /exact match/ })).toContainText('2 of 6 (33 %)')
  await expect(page.getByRole('row', { name: /contains/ })).toContainText('4 of 6 (67 %)')
  const rows = page.getByRole('listitem').filter({ hasText: 'Expected' })
  await expect(rows.first()).toContainText('not as expected')
  await expect(rows.last()).toContainText('word for word')
  await page.getByRole('radio', { name: 'Not as expected 2' }).click()
  await expect(rows).toHaveCount(2)
  await rows.first().getByRole('button', { name: 'Put it right' }).click()
  await page.getByRole('button', { name: 'Add this to the pairs' }).click()
  await expect(page.getByText('In your pairs now: 61 pairs to learn from.')).toBeVisible()
  await page.evaluate(() => (window.homespun.fixture.holdAnswers = true))
  await page.getByRole('button', { name: 'Measure both' }).click()
  await expect(page.getByRole('radio', { name: 'Ask', exact: true })).toBeDisabled()
  await page.getByRole('button', { name: 'Stop here' }).click()
  await expect(page.getByText('You stopped it, so the figures are of the rows so far.')).toBeVisible()
})

test('rows that come back word for word are told, with how many of how many', async ({ page }) => {
  await page.goto(open('shelf', 'try'))
  await openBoth(page)
  await page.getByRole('radio', { name: 'By heart?' }).click()
  await page.getByRole('button', { name: 'Ask for 30 of 54 rows' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'by heart' })).toContainText('Do not share it')
  await expect(page.getByText('said word for word, base')).toBeVisible()
})
