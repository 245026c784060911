/**
 * Finds a Chromium on this machine, or gets one: environment variable, system, Playwright's own, apt as root,
 * Playwright's download. Also knows where Chromium keeps its software Vulkan driver (SwiftShader).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']

const PLACES = [
  '/usr/lib/chromium/chromium',
  '/usr/lib/chromium-browser/chromium-browser',
  '/opt/google/chrome/chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
]

export const NO_CHROMIUM =
  'No Chromium was found. Install Chromium or Chrome, or set CHROMIUM_PATH to its executable, or run "npx playwright install chromium".'

/** @returns {string | undefined} the executable that CHROMIUM_PATH names; a wrong path is an error, not a reason to look on */
function fromEnvironment() {
  const path = process.env['CHROMIUM_PATH']
  if (!path) return undefined
  if (!existsSync(path)) throw new Error(`CHROMIUM_PATH names "${path}", which does not exist. Correct it, or unset it.`)
  return path
}

/** @returns {string | undefined} */
function fromSystem() {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...candidates, ...PLACES].find((path) => existsSync(path) && !isSnapStub(path))
}

/**
 * Ubuntu's /usr/bin/chromium-browser is a script that only tells people to install a snap.
 * @param {string} path
 */
function isSnapStub(path) {
  if (!path.startsWith('/usr/bin/')) return false
  const start = readFileSync(path).subarray(0, 2000).toString('latin1')
  return start.startsWith('#!') && start.includes('snap install')
}

/** @returns {Promise<string | undefined>} the browser Playwright has downloaded before */
async function fromPlaywright() {
  const { chromium } = await import('playwright').catch(() => ({ chromium: undefined }))
  const path = chromium?.executablePath()
  return path && existsSync(path) ? path : undefined
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, args, { stdio: ['ignore', process.stderr, process.stderr], env: environment }).status === 0
}

/** @returns {string | undefined} */
function fromApt() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  console.error('No Chromium here yet: installing it with apt-get.')
  run('apt-get', ['update'])
  return run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']) ? fromSystem() : undefined
}

/** @returns {Promise<string | undefined>} */
async function fromDownload() {
  console.error("No Chromium here yet: downloading Playwright's.")
  const cli = join(import.meta.dirname, '../../node_modules/playwright/cli.js')
  return run(process.execPath, [cli, 'install', 'chromium']) ? fromPlaywright() : undefined
}

/** A Chromium that is already on this machine. @returns {Promise<string | undefined>} */
export async function findChromium() {
  return fromEnvironment() ?? fromSystem() ?? (await fromPlaywright())
}

/** A Chromium, installed if need be. Throws a plain sentence where all ways fail. @returns {Promise<string>} */
export async function getChromium() {
  const path = (await findChromium()) ?? fromApt() ?? (await fromDownload())
  if (!path) throw new Error(NO_CHROMIUM)
  return path
}

/**
 * The folder that holds Chromium's SwiftShader and its Vulkan loader, beside the real executable
 * (which the system's command often only wraps in a script).
 * @param {string | undefined} executable
 * @returns {string | undefined}
 */
export function swiftShaderFolder(executable) {
  const beside = executable ? [dirname(realpathSync(executable))] : []
  const folders = [...beside, ...PLACES.map((path) => dirname(path))]
  return folders.find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')))
}
