/** A thread that reads one damaged file after another, and leaves word of where it is: who watches ends it when a file takes too long. */
import { parentPort, workerData } from 'node:worker_threads'
import { setImmediate } from 'node:timers'
import { fuzzInput, tryInput } from './fuzz-data.ts'

export interface FuzzShare {
  format: string
  /** The seeds `from`, `from + step`, … below `end`. */
  from: number
  step: number
  end: number
}

/** What a thread tells of one file, or at its end of what nobody handled. */
export interface FuzzReport {
  code?: string
  ms?: number
  seed: number
  failure?: string
}

/** `place`: the seed that it is at, or the first of those read together, to be watched from outside. */
export interface FuzzStart {
  share: FuzzShare
  place: Int32Array
}

const { share, place } = workerData as FuzzStart
// Readers let other work have its turn by a timer; there is none here.
const timer = globalThis.setTimeout
globalThis.setTimeout = Object.assign(
  (act: () => void, ms?: number) => (ms ? timer(act, ms) : queueMicrotask(act)),
  timer,
) as typeof setTimeout
// Where an error comes from is wanted of few of them, and takes long to find out.
Error.stackTraceLimit = 4

process.on('unhandledRejection', (reason) => tell({ seed: Atomics.load(place, 0), failure: `nobody handles: ${String(reason)}` }))

/** Parquet is read one by one, since one of them may be ended; of the others so many at a time, while some wait for other threads. */
const together = share.format === 'parquet' ? 1 : 8
for (let from = share.from; from < share.end; from += share.step * together) {
  Atomics.store(place, 0, from)
  const seeds = Array.from({ length: together }, (_, at) => from + at * share.step).filter((seed) => seed < share.end)
  await Promise.all(seeds.map(tryOne))
}
// What nobody handles is heard of after a turn.
await new Promise((resolve) => setImmediate(resolve))

async function tryOne(seed: number): Promise<void> {
  const input = fuzzInput(share.format, seed)
  const began = performance.now()
  const { code, failure } = await tryInput(input)
  const said = failure instanceof Error ? (failure.stack ?? failure.message) : JSON.stringify(failure)
  tell({ code, ms: performance.now() - began, seed, ...(failure !== undefined && { failure: said }) })
}

function tell(report: FuzzReport): void {
  parentPort!.postMessage(report)
}
