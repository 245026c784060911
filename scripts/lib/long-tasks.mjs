/** The tasks of a page that took over 50 ms, and how much of that each worked: one that had to wait for a core was not long by itself. */

/** @typedef {{ at: number, ms: number }} LongTask */
/** @typedef {{ name: string, ts: number, dur?: number, tdur?: number }} TraceEvent ts, dur and tdur in microseconds */

const MARK = 'long tasks are traced from here'
const LIMIT_MS = 50

/** In the page, before all else. */
function note() {
  /** @type {LongTask[]} */
  const longTasks = []
  Object.assign(window, { longTasks })
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ startTime, duration }) => ({ at: startTime, ms: Math.round(duration) })))).observe({ type: 'longtask' })
}

/**
 * To be called before the page is opened. `begin` starts anew, with a trace beside; `since` gives the milliseconds of those since the
 * last call; `end` gives all since `begin` with the milliseconds that the processor worked for them, undefined where the trace was full.
 * @param {import('@playwright/test').Page} page
 */
export async function watchLongTasks(page) {
  await page.addInitScript(note)
  const session = await page.context().newCDPSession(page)
  /** @type {TraceEvent[]} */
  const events = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(.../** @type {TraceEvent[]} */ (/** @type {unknown} */ (value))))
  const all = () => page.evaluate(() => /** @type {LongTask[]} */ (Reflect.get(window, 'longTasks')))
  let told = 0
  let markedAt = 0
  return {
    async begin() {
      await page.evaluate(() => Reflect.get(window, 'longTasks').splice(0))
      const traceConfig = { includedCategories: ['toplevel', 'blink.user_timing'], excludedCategories: ['*'] }
      await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
      markedAt = await page.evaluate((name) => performance.mark(name).startTime, MARK)
    },
    async since() {
      const tasks = await all()
      return tasks.slice(told, (told = tasks.length)).map(({ ms }) => ms)
    },
    async end() {
      const longTasks = await all()
      const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
      await session.send('Tracing.end')
      await ended
      // The page's clock and the trace's differ by a constant.
      const origin = (events.find(({ name }) => name === MARK)?.ts ?? NaN) / 1000 - markedAt
      const traced = events.filter(({ name, dur = 0 }) => name.endsWith('RunTask') && dur >= LIMIT_MS * 1000)
      return longTasks.map(({ at, ms }) => {
        const same = traced.find(({ ts, dur = 0 }) => Math.abs(ts / 1000 - origin - at) < 2 && Math.abs(dur / 1000 - ms) < 2)
        return { ms, processorMs: same?.tdur === undefined ? undefined : Math.round(same.tdur / 1000) }
      })
    },
  }
}
