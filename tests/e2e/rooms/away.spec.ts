/** A run while the person looks elsewhere, over the fixture: the title, the screen, the notification, and a tab that the browser holds. */
import { expect, test, type Page } from '@playwright/test'
import { openBoth, startTraining } from '../../ui/reach.ts'
import { overFixture } from './over-fixture.ts'

const open = overFixture()

interface Seen {
  hidden: boolean
  locks: number
  asked: number
  told: string[]
}
declare global {
  var seen: Seen
}

/** In place of the browser's own screen lock, notifications and visibility, which a test cannot reach; `without`: it has none. */
async function prepare(page: Page, without: boolean): Promise<void> {
  await page.addInitScript((absent) => {
    globalThis.seen = { hidden: false, locks: 0, asked: 0, told: [] }
    const { seen } = globalThis
    Object.defineProperty(document, 'visibilityState', { get: () => (seen.hidden ? 'hidden' : 'visible') })
    const request = async () => {
      seen.locks++
      return { release: async () => void seen.locks-- }
    }
    if (absent) Reflect.deleteProperty(Navigator.prototype, 'wakeLock')
    else Object.defineProperty(navigator, 'wakeLock', { value: { request } })
    class Told {
      static permission = 'default'
      static async requestPermission() {
        seen.asked++
        Told.permission = 'granted'
      }
      constructor(title: string, { body }: { body: string }) {
        seen.told.push(`${title}: ${body}`)
      }
    }
    if (absent) Reflect.deleteProperty(globalThis, 'Notification')
    else Object.assign(globalThis, { Notification: Told })
  }, without)
}

async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((to) => {
    globalThis.seen.hidden = to
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
}

const seen = (page: Page) => page.evaluate(() => globalThis.seen)
const advance = (page: Page, step: number) => page.evaluate((to) => window.homespun.fixture.advance(to), step)

test('F94 a run in a hidden tab goes on, its title says how far, and a notification that was asked for tells its end', async ({ page }) => {
  await prepare(page, false)
  await page.goto(open('empty', 'train'))
  await openBoth(page)
  const screen = page.getByLabel('Keep the screen on')
  await screen.click()
  expect((await seen(page)).asked).toBe(0)
  await page.getByLabel('Tell me when it is done').click()
  await expect(page.getByLabel('Tell me when it is done')).toBeChecked()
  expect(await seen(page)).toMatchObject({ asked: 1, locks: 0 })
  await page.getByRole('button', { name: 'Start training' }).click()
  await advance(page, 126)
  await expect(page).toHaveTitle('42 % · Homespun')
  expect((await seen(page)).locks).toBe(1)
  await hide(page, true)
  await advance(page, 150)
  await expect(page).toHaveTitle('50 % · Homespun')
  await advance(page, 300)
  await page.evaluate(() => window.homespun.fixture.end('finished'))
  await expect(page).toHaveTitle('Done · pirate · Homespun')
  expect(await seen(page)).toMatchObject({ locks: 0, told: ['“pirate” is kept: 300 steps. It can be tried now.'] })
  await hide(page, false)
  await expect(page).toHaveTitle('“pirate” is kept · Homespun')
  await page.reload()
  await openBoth(page)
  await expect(screen).toBeChecked()
})

test('F94 a tab that the browser holds says so in its title, and the page says for how long once it goes on', async ({ page }) => {
  await prepare(page, false)
  await page.clock.install()
  await page.goto(open('empty', 'train'))
  await startTraining(page, 30)
  await hide(page, true)
  await page.evaluate(() => document.dispatchEvent(new Event('freeze')))
  await expect(page).toHaveTitle('Held at 10 % · Homespun')
  await page.clock.fastForward('10:00')
  await page.evaluate(() => document.dispatchEvent(new Event('resume')))
  await hide(page, false)
  await expect(page).toHaveTitle('10 % · Homespun')
  await expect(page.getByText('The browser held this tab')).toHaveCount(0)
  await advance(page, 31)
  await expect(page.getByText('The browser held this tab, and the run with it, for 10 min')).toBeVisible()
})

test('a run that ends in sight tells nobody; paused, the screen may go dark; what a browser lacks is not offered', async ({ page }) => {
  await prepare(page, false)
  await page.goto(open('empty', 'train'))
  await openBoth(page)
  await page.getByLabel('Keep the screen on').click()
  await page.getByLabel('Tell me when it is done').click()
  await startTraining(page, 10)
  expect((await seen(page)).locks).toBe(1)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect.poll(async () => (await seen(page)).locks).toBe(0)
  await expect(page).toHaveTitle('Paused at 3 % · Homespun')
  await page.getByRole('button', { name: 'Stop and keep' }).click()
  await expect(page.getByRole('button', { name: 'Try it' })).toBeVisible()
  expect((await seen(page)).told).toEqual([])
  const other = await page.context().newPage()
  await prepare(other, true)
  await other.goto(open('empty', 'train'))
  await openBoth(other)
  await expect(other.getByRole('heading', { name: 'While you are away' })).toBeVisible()
  await expect(other.getByRole('switch')).toHaveCount(0)
})
