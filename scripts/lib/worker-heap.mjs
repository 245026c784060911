/** What JavaScript holds in the engine's worker, garbage aside. */

/**
 * Throws where the page has no such worker.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<() => Promise<number>>} asks for the bytes held now
 */
export async function engineHeap(page) {
  if (!page.workers().some((one) => one.url().includes('engine'))) throw new Error('The engine has no worker.')
  const session = await page.context().newCDPSession(page)
  /** @type {Map<number, (result: { usedSize: number }) => void>} */
  const waiting = new Map()
  /** @type {Promise<string>} */
  const target = new Promise((resolve) => {
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.url.includes('engine')) resolve(sessionId)
    })
  })
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message)
    waiting.get(id)?.(result)
    waiting.delete(id)
  })
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false })
  let last = 0
  /** @param {string} method */
  const ask = async (method) => {
    const id = ++last
    const sessionId = await target
    /** @type {Promise<{ usedSize: number }>} */
    const answer = new Promise((resolve) => waiting.set(id, resolve))
    await session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
    return answer
  }
  return async () => {
    await ask('HeapProfiler.collectGarbage')
    return (await ask('Runtime.getHeapUsage')).usedSize
  }
}
