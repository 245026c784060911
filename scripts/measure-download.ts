/**
 * Downloads a model with 300 MB of random weights into the built page, from a server on this machine, closes the tab in the middle,
 * goes on, and tells the most memory that the page's JavaScript held (all of its workers, array buffers included) and whether what
 * was kept is the file, byte for byte.     npm run build && npm run measure:download
 */
/// <reference lib="dom" />
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright'
import { preview } from 'vite'
import { generatedFile, sha256Of } from '../tests/support/hub-files.ts'
import { HubServer } from '../tests/support/hub-server.ts'
import { tinyModel, REPO } from '../tests/support/tiny-hub-model.ts'
import { getChromium } from './lib/chromium.mjs'

const megabytes = 300
const weights = generatedFile(new Uint8Array(0), megabytes * 1e6)
const [tiny] = tinyModel().commits
const hub = await HubServer.start([tinyModel({ commits: [{ ...tiny!, files: { ...tiny!.files, 'model.safetensors': weights } }] })])
const half = weights.size / 2
hub.fault = ({ origin }) => (origin === 'files' ? { kind: 'stalls', after: half, release: new Promise(() => undefined) } : undefined)

/** Bytes of JavaScript memory, as the browser measures it. */
async function memory(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { bytes } = await (performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }).measureUserAgentSpecificMemory()
    return bytes
  })
}

function kept(page: Page, name: string): Promise<number> {
  return page.evaluate(async (file) => {
    const blobs = await (await (await navigator.storage.getDirectory()).getDirectoryHandle('homespun')).getDirectoryHandle('blobs')
    return (await (await blobs.getFileHandle(file)).getFile()).size
  }, name)
}

/** The file's hash, read in pieces as the browser has it. */
async function hashOfKept(page: Page, name: string): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < weights.size; at += 4e6) {
    const piece = await page.evaluate(
      async ([file, begin]) => {
        const blobs = await (await (await navigator.storage.getDirectory()).getDirectoryHandle('homespun')).getDirectoryHandle('blobs')
        const bytes = new Uint8Array(await (await (await blobs.getFileHandle(file)).getFile()).slice(begin, begin + 4e6).arrayBuffer())
        let text = ''
        for (let from = 0; from < bytes.length; from += 32_768) text += String.fromCharCode(...bytes.subarray(from, from + 32_768))
        return btoa(text)
      },
      [name, at] as const,
    )
    hash.update(Buffer.from(piece, 'base64'))
  }
  return hash.digest('hex')
}

const server = await preview({ root: join(import.meta.dirname, '..'), preview: { host: 'localhost', port: 0 }, logLevel: 'error' })
const browser = await chromium.launch({ executablePath: await getChromium(), args: ['--no-sandbox', '--enable-blink-features=ForceEagerMeasureMemory'] })
try {
  const name = sha256Of(weights)
  const page = await browser.newPage()
  page.setDefaultTimeout(300_000)
  await page.addInitScript((address) => localStorage.setItem('homespun.hub', address), hub.url)
  await page.goto(server.resolvedUrls?.local[0] ?? '')
  await page.getByRole('button', { name: 'Choose a folder', disabled: false }).waitFor()
  const before = await memory(page)
  let most = 0
  const watch = async (until: () => Promise<boolean>) => {
    for (let done = false; !done; done = await until()) most = Math.max(most, await memory(page))
  }
  await page.getByLabel('Name of a model').fill(REPO)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Download/ }).click()
  await watch(async () => (await kept(page, name).catch(() => 0)) >= half)
  await page.reload()
  hub.fault = () => undefined
  await page.getByRole('button', { name: `Go on with ${REPO}` }).click()
  await page.getByRole('button', { name: /^Go on with [\d.]+ MB$/ }).click()
  await watch(async () => (await kept(page, name)) >= weights.size)
  const range = hub.fetched('model.safetensors').at(-1)?.headers.range
  const equal = (await hashOfKept(page, name)) === name
  const mega = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  console.log(`${mega(weights.size)}, gone on with as ${range}: ${equal ? 'the same bytes' : 'OTHER BYTES'}`)
  console.log(`JavaScript memory: ${mega(before)} before, ${mega(most)} at most while it streamed`)
  process.exitCode = equal && most < 64e6 ? 0 : 1
} finally {
  await browser.close()
  await server.close()
  await hub.close()
}
