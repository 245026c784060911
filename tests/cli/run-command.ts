/** The terminal's commands as a person runs them: real processes. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Outcome {
  code: number | null
  events: Record<string, unknown>[]
  stdout: string
  stderr: string
}

export interface RunOptions {
  cwd: string
  env?: Record<string, string>
  onEvent?: ((event: Record<string, unknown>, interrupt: () => void) => void) | undefined
}

/** Runs a command in `cwd`; `onEvent` may interrupt it as Ctrl-C does, which reaches launcher and command alike. */
export function runCommand(
  command: string,
  args: string[],
  { cwd, env, onEvent }: RunOptions,
): Promise<Outcome> {
  const launcher = join(root, 'scripts/launch.mjs')
  const child = spawn(process.execPath, [launcher, command, ...args], { cwd, detached: true, env: { ...process.env, ...env } })
  let stdout = ''
  let stderr = ''
  let told = 0
  const parse = () =>
    stdout
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString()
    for (const line of parse().slice(told)) {
      told++
      onEvent?.(JSON.parse(line) as Record<string, unknown>, () => process.kill(-child.pid!, 'SIGINT'))
    }
  })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stdout, stderr, events: parse().map((line) => JSON.parse(line) as Record<string, unknown>) })
    })
  })
}
