/** What a benchmark is given, and what it gives. */
import type { OnnxRuntime } from '../../src/engine/onnx/session.ts'
import type { Result } from './rounds.ts'

export interface BenchSettings {
  runtime: OnnxRuntime
  threads: number
  withTorch: boolean
  /** Beside WebGPU, software adapters too, which take minutes. */
  withWebGpu: boolean
  rounds: number
  /** Hears what is going on. */
  tell: (what: string) => void
}

export interface Report {
  results: Result[]
  /** Name of the result that the others are compared with. */
  base: string
  notes?: string[]
}

export interface Bench {
  name: string
  title: string
  run(settings: BenchSettings): Promise<Report>
}

export function reportText(title: string, { results, base, notes = [] }: Report): string {
  const unit = results.find(({ name }) => name === base)?.median ?? NaN
  const width = Math.max(...results.map(({ name }) => name.length))
  const rows = results.map(
    ({ name, median, spread, plannedBytes }) =>
      `  ${name.padEnd(width)}  ${median.toFixed(1).padStart(8)} ms  ± ${(100 * spread).toFixed(0).padStart(2)} %  ${(median / unit).toFixed(2).padStart(6)} ×` +
      (plannedBytes === undefined ? '' : `  ${(plannedBytes / 1e6).toFixed(0).padStart(6)} MB planned`),
  )
  return [title, ...rows, ...notes.map((note) => `  ${note}`)].join('\n')
}
