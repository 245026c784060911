/** The page stays quick while its worker trains: no task of its main thread takes 50 ms. */
import { expect, test } from '@playwright/test'
import { bringModel, bringPairs, chooseRun, openPage, reachStep, stepNow } from './flow.ts'

interface TraceEvent {
  name: string
  pid: number
  tid: number
  /** Microseconds the thread itself worked; other programs of a busy machine do not count. */
  tdur?: number
  args?: { name?: string }
}

/** The longest task, in milliseconds of its own work, of any page's main thread. */
function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const key = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`
  const main = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(key))
  const tasks = traceEvents.filter((event) => event.name.endsWith('RunTask') && event.tdur !== undefined && main.has(key(event)))
  expect(tasks.length).toBeGreaterThan(0)
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}

test('no task takes 50 ms while steps and tests come in', async ({ page, browser }) => {
  test.setTimeout(600_000)
  await openPage(page)
  await bringModel(page)
  await bringPairs(page)
  await chooseRun(page, { steps: 200, every: 4 })
  await page.getByRole('button', { name: 'Start training' }).click()
  await reachStep(page, 2)
  await browser.startTracing(page, { categories: ['toplevel'] })
  await reachStep(page, (await stepNow(page)) + 10)
  expect(longestTask(await browser.stopTracing())).toBeLessThan(50)

  // The control: a long task is seen.
  await browser.startTracing(page, { categories: ['toplevel'] })
  await page.evaluate(() => {
    let sum = 0
    for (let turn = 0; turn < 1e9; turn++) sum += turn % 7
    return sum
  })
  expect(longestTask(await browser.stopTracing())).toBeGreaterThan(50)
})
