/**
 * Runs every test: unit and GPU tests in Node, then the built page in a real Chromium, and counts both.
 *   npm test [-- --unit | --page] [WORD...]     only one part; only files whose path holds a word
 * Ends with one line, "N passed, N failed", and exit code 1 if anything failed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { getChromium } from './lib/chromium.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const root = join(import.meta.dirname, '..')
const { values: only, positionals: words } = parseArgs({
  options: { unit: { type: 'boolean' }, page: { type: 'boolean' } },
  allowPositionals: true,
})
const reports = mkdtempSync(join(tmpdir(), 'homespun-tests-'))
// Part of what is asked for may lie in one kind of test only.
const mayBeEmpty = words.length > 0 ? ['--pass-with-no-tests'] : []

/**
 * Runs a package's command and shows its output.
 * @param {string} script path below node_modules
 * @param {string[]} args
 * @param {Record<string, string>} [environment]
 */
function run(script, args, environment = {}) {
  const env = { ...process.env, ...environment }
  return (
    spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit', env }).status === 0
  )
}

/** @param {string} file */
function report(file) {
  const path = join(reports, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/**
 * A run that failed although no single test did (a file that does not load, a server that does not start) counts as one.
 * @param {boolean} ok
 * @param {Counts} counts
 * @returns {Counts}
 */
function honest(ok, counts) {
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 }
}

/** @returns {Counts} */
function unitTests() {
  const output = join(reports, 'unit.json')
  const ok = run('vitest/vitest.mjs', [
    'run',
    ...words,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${output}`,
    ...mayBeEmpty,
  ])
  const result = report('unit.json')
  return honest(ok, {
    passed: result?.numPassedTests ?? 0,
    failed: result?.numFailedTests ?? 0,
    skipped: (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0),
  })
}

/** @returns {Promise<number>} a port nobody listens on */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, 'localhost', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/**
 * @param {string} project of playwright.config.ts
 * @param {Record<string, string>} environment
 * @param {string[]} args
 * @returns {Counts}
 */
function pagePart(project, environment, args = []) {
  const name = `${project}.json`
  const ok = run('@playwright/test/cli.js', ['test', ...words, `--project=${project}`, ...args, '--reporter=list,json', ...mayBeEmpty], {
    ...environment,
    PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, name),
  })
  const stats = report(name)?.stats
  return honest(ok, {
    passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0),
    failed: stats?.unexpected ?? 0,
    skipped: stats?.skipped ?? 0,
  })
}

/** @param {string} chromium @returns {Promise<Counts[]>} */
async function pageTests(chromium) {
  if (!run('vite/bin/vite.js', ['build', '--logLevel', 'warn'])) return [{ passed: 0, failed: 1, skipped: 0 }]
  const environment = { CHROMIUM_PATH: chromium, HOMESPUN_TEST_PORT: String(await freePort()) }
  return [pagePart('rooms', environment, ['--workers=2']), pagePart('use', environment)]
}

const total = { passed: 0, failed: 0, skipped: 0 }
/** @param {Counts} counts */
function add(counts) {
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
}

try {
  // GPU tests need it as well: without a GPU they compute on Chromium's software adapter.
  const chromium = await getChromium()
  if (!only.page) add(unitTests())
  if (!only.unit) (await pageTests(chromium)).forEach(add)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  add({ passed: 0, failed: 1, skipped: 0 })
}
rmSync(reports, { recursive: true, force: true })
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
