/** Starts one of the terminal's commands (TypeScript, through tsx) in an environment where Dawn finds a GPU. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { gpuEnvironment } from './lib/gpu-environment.mjs'

const [command = '', ...args] = process.argv.slice(2)
const entry = join(import.meta.dirname, '../src/cli', `${command}.ts`)
// npm runs its scripts in the project's folder; paths on the command line are meant from where the person stands.
const byNpm = process.env['npm_lifecycle_event'] === command
const cwd = byNpm ? (process.env['INIT_CWD'] ?? process.cwd()) : process.cwd()
const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry, ...args], {
  stdio: 'inherit',
  env: { ...process.env, ...(await gpuEnvironment()) },
  cwd,
})

// The terminal sends Ctrl-C to the command as well, which ends at a step; the launcher only waits for it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
