/** What a command says: progress and findings on stderr; on stdout only results, as text or as JSON lines. */
import { SingleBar } from 'cli-progress'
import packageJson from '../../package.json' with { type: 'json' }
import { HomespunError } from '../errors.ts'

/** What writes adapters' receipts. */
export const SOFTWARE = `homespun ${packageJson.version}`

export class Output {
  readonly json: boolean
  #transient = false
  #bar: SingleBar | undefined

  constructor(json: boolean) {
    this.json = json
  }

  /** A line for the person, on stderr. */
  note(line: string): void {
    this.#clear()
    process.stderr.write(`${line}\n`)
  }

  /** Where things stand: on a terminal each line takes the last one's place, elsewhere nothing is said. */
  status(line: string): void {
    if (!process.stderr.isTTY) return
    this.#clear()
    process.stderr.write(line.slice(0, (process.stderr.columns || 80) - 1))
    this.#transient = true
  }

  /** How much of something is done, as a bar on a terminal's last line; elsewhere nothing is said. */
  progress(done: number, total: number, line: string): void {
    if (!process.stderr.isTTY) return
    if (!this.#bar) {
      this.#clear()
      const format = `{bar} {value} of {total} {line}`
      this.#bar = new SingleBar({ format, stream: process.stderr, barsize: 20, clearOnComplete: true, hideCursor: true, linewrap: false })
      this.#bar.start(total, done, { line })
    } else this.#bar.update(done, { line })
  }

  /** A result: one JSON object on a line with --json; else its text, on stdout. */
  result(value: object, text?: string): void {
    this.#clear()
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`)
    else if (text !== undefined) process.stdout.write(`${text}\n`)
  }

  /** A piece of text as it comes, on stdout; left out with --json. */
  stream(piece: string): void {
    if (!this.json) process.stdout.write(piece)
  }

  #clear(): void {
    this.#bar?.stop()
    this.#bar = undefined
    if (this.#transient) process.stderr.write('\r\x1b[2K')
    this.#transient = false
  }
}

/** Says nothing: for a run that is one of many. */
export class Silence extends Output {
  override note(): void {}
  override status(): void {}
  override progress(): void {}
  override result(): void {}
}

/** A failure in plain words; one that nobody foresaw with its stack. */
export function failureText(error: unknown): string {
  if (error instanceof HomespunError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Bytes as people read them: "1.4 GB". */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toPrecision(2)} ${units[power]}`
}

/** Seconds as people read them: "about 40 s", "about 3 min". */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
