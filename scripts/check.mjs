/** Everything that can be said about the code without running it. One line a part; the full output of what failed. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const sources = ['src', 'workers', 'tests', 'scripts'].filter((folder) => existsSync(join(root, folder)))

/** @type {[part: string, command: string, args: string[]][]} */
const PARTS = [
  ['types: workers and layers', 'tsc', ['-p', 'tsconfig.worker.json']],
  ['types: terminal and scripts', 'tsc', ['-p', 'tsconfig.node.json']],
  ['types: tests', 'tsc', ['-p', 'tsconfig.tests.json']],
  ['types: page and components', 'svelte-check', ['--tsconfig', 'tsconfig.page.json', '--fail-on-warnings', '--output', 'human']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  ['arrows between layers', 'depcruise', [...sources, '--output-type', 'err-long']],
  ['unused code and dependencies', 'knip', ['--no-progress']],
]

const wanted = process.argv.slice(2)
const parts = PARTS.filter(([part]) => wanted.length === 0 || wanted.some((word) => part.includes(word)))
let failed = parts.length === 0
for (const [part, command, args] of parts) {
  const result = spawnSync(join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32',
    env: { ...process.env, NO_COLOR: '1' },
  })
  const ok = result.status === 0
  failed ||= !ok
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${part}`)
  if (!ok) console.log(`${result.stdout}${result.stderr}${result.error ?? ''}`.trimEnd())
}
process.exit(failed ? 1 : 0)
