/** The first visit: Thimble is open, one lesson is suggested, and two clicks later it learns; then its answer beside the base's. */
import { expect, test } from '@playwright/test'
import { findChromium } from '../../scripts/lib/chromium.mjs'
import { answerUnder, ask, openRoom, patience, title } from './flow.ts'

test.use({ launchOptions: { executablePath: (await findChromium()) ?? '', args: ['--no-sandbox'] } })

test('from an empty profile, without a network after loading: two clicks to training, and an answer as a pirate', async ({ page, context }, info) => {
  test.setTimeout(600_000)
  const begun = Date.now()
  const seconds = () => Math.round((Date.now() - begun) / 1000)
  await page.goto('/')
  await expect(title(page)).toHaveText('Thimble is open', patience)
  await expect(page.getByText('0 requests since the model was loaded')).toBeVisible(patience)
  await context.setOffline(true)
  const ready = seconds()
  await page.getByRole('button', { name: 'Teach it this' }).click()
  await page.getByRole('button', { name: 'Start training' }).click(patience)
  const started = seconds()
  await expect(page.getByRole('button', { name: 'Try it' })).toBeVisible({ timeout: 500_000 })
  const trained = seconds()
  await page.getByRole('button', { name: 'Try it' }).click()
  await ask(page, 'Say it like a pirate: The cat sleeps on the hill.')
  const base = await answerUnder(page, 'Base')
  const tuned = await answerUnder(page, 'With “pirate”')
  expect(tuned).toMatch(/\b(arr|aye|be|matey|ahoy|cap'n)\b/i)
  expect(tuned).not.toBe(base)
  const figures = `open after ${ready} s, training after ${started} s, trained after ${trained} s, answered after ${seconds()} s`
  info.annotations.push({ type: 'measured', description: figures })
  process.stdout.write(`first visit: ${figures}\n`)
})

test('the second visit needs no network; closed once, Thimble opens by itself no more', async ({ page }) => {
  test.setTimeout(300_000)
  await page.goto('/')
  await expect(title(page)).toHaveText('Thimble is open', patience)
  const fetched: string[] = []
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
  await page.reload()
  await expect(title(page)).toHaveText('Thimble is open', patience)
  expect(fetched.filter((path) => /^\/(thimble|lessons)\//.test(path))).toEqual([])
  await page.getByRole('button', { name: 'Choose another' }).click()
  await expect(page.getByRole('button', { name: 'Open Thimble' })).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: 'Open Thimble' }).click(patience)
  await expect(title(page)).toHaveText('Thimble is open', patience)
})

test('every lesson opens with one click, ready to train; one that fails says so', async ({ page }) => {
  test.setTimeout(300_000)
  await page.goto('/')
  await expect(title(page)).toHaveText('Thimble is open', patience)
  const lessons = (await (await page.request.get('/lessons/lessons.json')).json()) as { title: string; pairs: number; heldOut: number; fails?: string }[]
  expect(lessons.length).toBeGreaterThanOrEqual(8)
  for (const lesson of lessons) {
    await openRoom(page, 'data')
    await page.getByRole('button', { name: 'Other pairs' }).or(page.getByRole('heading', { name: 'Lessons that are ready' })).first().click()
    await page.getByRole('button', { name: `Teach it this: ${lesson.title}` }).click()
    await expect(title(page)).toHaveText(`Ready to learn from ${lesson.pairs} pairs`, patience)
    await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled(patience)
    await expect(page.getByText('made to fail')).toHaveCount(lesson.fails ? 1 : 0)
  }
})
