/** Command lines: one table of options gives the parser, the help and the errors. */
import { parseArgs } from 'node:util'
import { HomespunError } from '../errors.ts'
import { WEIGHT_DTYPES, type WeightDtype } from '../models/weight-dtypes.ts'
import type { EngineWish } from '../service/types.ts'

export interface OptionSpec {
  name: string
  /** What stands for its value in the help ("N", "FILE"); absent where the option is a switch. */
  value?: string
  help: string
}

export interface CommandSpec {
  name: string
  /** Positional arguments as the usage line shows them; a last "..." allows several. */
  positionals: string
  summary: string
  options: readonly OptionSpec[]
}

export const JSON_OPTION: OptionSpec = { name: 'json', help: 'print one JSON object a line on standard output' }
export const MODEL_OPTIONS: readonly OptionSpec[] = [
  { name: 'model', value: 'MODEL', help: 'folder of a model in Hugging Face layout, or owner/name on the hub (default: builtin, which is Thimble)' },
  { name: 'hub', value: 'URL', help: 'where names are looked up (default: HF_ENDPOINT, else https://huggingface.co; token from HF_TOKEN)' },
  { name: 'revision', value: 'REV', help: 'branch, tag or commit on the hub (default main)' },
]
export const ENGINE_OPTION: OptionSpec = { name: 'engine', value: 'NAME', help: 'what computes: webgpu, onnx, tfjs, or auto (default: a GPU, else the processor)' }
export const WEIGHTS_OPTION: OptionSpec = { name: 'weights', value: 'DTYPE', help: "how the model's matrices are kept in memory: stored (as in the file), int8 or int4 (default stored)" }
const HELP_OPTION: OptionSpec = { name: 'help', help: 'show this' }

/** A mistake on the command line: exit code 2. */
export function usageError(what: string, fix?: string): HomespunError {
  return new HomespunError('usage', what, fix === undefined ? {} : { fix })
}

export function helpText({ name, positionals, summary, options }: CommandSpec): string {
  const rows = [...options, HELP_OPTION].map((option) => [
    `--${option.name}${option.value ? ` ${option.value}` : ''}`,
    option.help,
  ])
  const width = Math.max(...rows.map(([left = '']) => left.length))
  const lines = rows.map(([left = '', help = '']) => `  ${left.padEnd(width)}  ${help}`)
  return [`npm run ${name} -- ${[positionals, '[OPTION...]'].filter(Boolean).join(' ')}`, '', summary, '', ...lines].join('\n')
}

/** The values of a parsed command line; every reader throws HomespunError 'usage' that names the option. */
export class Arguments {
  readonly #values: ReadonlyMap<string, string>
  readonly #switches: ReadonlySet<string>
  readonly positionals: readonly string[]

  constructor(values: ReadonlyMap<string, string>, switches: ReadonlySet<string>, positionals: readonly string[]) {
    this.#values = values
    this.#switches = switches
    this.positionals = positionals
  }

  has(name: string): boolean {
    return this.#values.has(name) || this.#switches.has(name)
  }

  text(name: string): string | undefined {
    return this.#values.get(name)
  }

  number(name: string): number | undefined {
    const text = this.#values.get(name)
    if (text === undefined) return undefined
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value)) throw usageError(`--${name} needs a number, and "${text}" is none.`)
    return value
  }

  whole(name: string): number | undefined {
    const value = this.number(name)
    if (value === undefined || Number.isSafeInteger(value)) return value
    throw usageError(`--${name} needs a whole number, and ${value} is none.`)
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.#values.get(name)
    if (text === undefined) return undefined
    const found = choices.find((choice) => choice === text)
    if (found === undefined) throw usageError(`--${name} cannot be "${text}".`, `Use ${choices.join(', ')}.`)
    return found
  }
}

/** Parses what stands after the command; undefined where help was asked for. Throws 'usage'. */
export function parseCommand(spec: CommandSpec, argv: readonly string[]): Arguments | undefined {
  const options = Object.fromEntries(
    [...spec.options, HELP_OPTION].map(({ name, value }) => [name, { type: value ? ('string' as const) : ('boolean' as const) }]),
  )
  let parsed
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s/)
    throw usageError(`${sentence.replace(/\.$/, '')}.`, `"npm run ${spec.name} -- --help" lists the options.`)
  }
  const entries = Object.entries(parsed.values)
  if (parsed.values['help'] === true) return undefined
  const wanted = spec.positionals.split(' ').filter(Boolean)
  const several = wanted.some((name) => name.endsWith('...'))
  if (parsed.positionals.length < wanted.length || (parsed.positionals.length > wanted.length && !several)) {
    const given = parsed.positionals.length > 0 ? `, not ${parsed.positionals.map((one) => `"${one}"`).join(' ')}` : ''
    const needs = wanted.length > 0 ? `needs ${wanted.join(' ')}` : 'takes only options'
    throw usageError(`${spec.name} ${needs}${given}.`, `Usage: npm run ${spec.name} -- ${[...wanted, '[OPTION...]'].join(' ')}`)
  }
  return new Arguments(
    new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
    parsed.positionals,
  )
}

/** A model as it was named: a folder, or a name on a hub. */
export interface ModelChoice {
  name: string
  hub: string | undefined
  revision: string | undefined
  weights: WeightDtype
}

/** The model that comes with Homespun, public/thimble. */
export const BUILT_IN = 'builtin'

/** What --model, --hub, --revision and --weights name; `weights` where the last is not given. Throws 'usage'. */
export function modelChoice(args: Arguments, weights: WeightDtype = 'stored'): ModelChoice {
  const name = args.text('model') || BUILT_IN
  return { name, hub: args.text('hub'), revision: args.text('revision'), weights: args.choice('weights', WEIGHT_DTYPES) ?? weights }
}

/** The options that name the same model again. */
export function modelArguments({ name, hub, revision, weights }: ModelChoice): string[] {
  const options = { model: name === BUILT_IN ? undefined : name, hub, revision, weights: weights === 'stored' ? undefined : weights }
  return Object.entries(options).flatMap(([option, value]) => (value === undefined ? [] : [`--${option} ${value}`]))
}

const ENGINES = ['auto', 'webgpu', 'onnx', 'tfjs'] as const

/** The engine that --engine names, 'auto' where it names none. Throws 'usage'. */
export function engineWish(args: Arguments): EngineWish {
  return args.choice('engine', ENGINES) ?? 'auto'
}
