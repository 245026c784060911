/** Nothing leaves the tab: the policy holds page and worker, and the count in the rail is a measured one. */
import { expect, test, type Page, type Worker } from '@playwright/test'
import { bringModel, openPage, patience } from './flow.ts'

/** Asks another server for a file, and says which directive of the policy stopped it. Runs in the page or in its worker. */
function reachElsewhere(address: string): Promise<string> {
  return new Promise((resolve) => {
    addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true })
    fetch(address).then(
      () => resolve('nothing'),
      () => undefined,
    )
  })
}

function reachOwn(address: string): Promise<boolean> {
  return fetch(address).then(({ ok }) => ok)
}

function inBoth<R>(page: Page, worker: Worker, ask: (address: string) => Promise<R>, address: string): Promise<R[]> {
  return Promise.all([page.evaluate(ask, address), worker.evaluate(ask, address)])
}

test('F103 the policy stops a request to another origin, from the page and from its worker', async ({ page, request, baseURL }) => {
  const worker = await openPage(page)
  const elsewhere = new URL('/favicon.svg', baseURL)
  elsewhere.hostname = '127.0.0.1'
  expect(await inBoth(page, worker, reachElsewhere, elsewhere.href)).toEqual(['connect-src', 'connect-src'])
  expect(await inBoth(page, worker, reachOwn, new URL('/favicon.svg', baseURL).href)).toEqual([true, true])
  // A worker obeys the header of its own file; the page has the policy in itself as well, for servers that send none.
  const sent = await Promise.all([page.url(), worker.url()].map(async (url) => (await request.get(url)).headers()))
  for (const headers of sent) expect(headers['content-security-policy']).toContain("connect-src 'self';")
  await expect(page.locator('head > meta[http-equiv="Content-Security-Policy"]').first()).toHaveAttribute('content', /connect-src 'self';/)
})

test('up to an open model only own files are fetched, no WebAssembly among them; after it the rail counts what is', async ({
  page,
  baseURL,
}) => {
  const requests: string[] = []
  page.on('request', (request) => {
    if (/^https?:/.test(request.url())) requests.push(request.url())
  })
  const worker = await openPage(page)
  await bringModel(page)
  expect(requests.filter((url) => new URL(url).origin !== baseURL)).toEqual([])
  expect(requests.filter((url) => url.endsWith('.wasm'))).toEqual([])
  await expect(page.getByText('0 requests since the model was loaded')).toBeVisible(patience)
  // The control: what page and worker do ask for is seen, by the browser's driver and by the page's own count.
  const before = requests.length
  expect(await inBoth(page, worker, reachOwn, new URL('/favicon.svg', baseURL).href)).toEqual([true, true])
  await expect(page.getByText('2 requests since the model was loaded')).toBeVisible(patience)
  expect(requests).toHaveLength(before + 2)
})
