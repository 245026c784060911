/** The frame of every command: help, errors in plain words, exit codes 0 (done), 1 (failed), 2 (bad usage or input). */
import { HomespunError } from '../errors.ts'
import { helpText, parseCommand, type Arguments, type CommandSpec } from './arguments.ts'
import { failureText, Output } from './output.ts'

export type ExitCode = 0 | 1 | 2

/** What went wrong while things were right with what the person gave: the machine, or the numbers. */
const FAILURE =
  /^(gpu|webgpu|adapter-missing|limits|loss-not-finite|logits-not-finite|out-of|buffer-too|shader|insecure|download|storage|hub-(offline|unreachable|busy|failed|cut-off|not-a-file))/

/** The exit code that a thrown value ends a command with. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof HomespunError && !FAILURE.test(error.code) ? 2 : 1
}

/** Parses the command line, runs the command, and ends the process with its exit code. */
export async function runMain(spec: CommandSpec, command: (args: Arguments, output: Output) => Promise<ExitCode>): Promise<void> {
  const output = new Output(process.argv.includes('--json'))
  try {
    const args = parseCommand(spec, process.argv.slice(2))
    if (args) process.exitCode = await command(args, output)
    else process.stdout.write(`${helpText(spec)}\n`)
  } catch (error) {
    output.note(failureText(error))
    if (error instanceof HomespunError) output.result({ kind: 'error', code: error.code, message: error.message })
    process.exitCode = exitCodeOf(error)
  }
}
