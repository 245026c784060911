/**
 * Throws random and damaged files at the readers of data: each must end soon, with examples or with a HomespunError. Parquet alone
 * may be ended from outside, as the page does with the worker that reads it.
 * npm run fuzz:data -- --inputs 1000000 [--seed 1] [--only csv,parquet] [--threads 2]
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { build } from 'vite'
import { FORMATS } from './lib/fuzz-data.ts'
import type { FuzzReport, FuzzShare, FuzzStart } from './lib/fuzz-thread.ts'

/** What takes longer is ended: of Parquet that is what its reader counts on, of all others a failure. */
const MOST_MILLISECONDS = { parquet: 500, others: 10_000 }
const LOOK_EVERY_MILLISECONDS = 100
/** Before its first file a thread reads its code, which may take a while. */
const NOT_YET = -1

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
})
const [inputs, seed, threads] = [Number(values.inputs), Number(values.seed), Number(values.threads)]
let failures = 0
const threadFile = await threadCode()

for (const format of values.only?.split(',') ?? Object.keys(FORMATS)) {
  const start = performance.now()
  const total = { outcomes: new Map<string, number>(), slowest: { ms: 0, seed: 0 } }
  const count = (code: string) => total.outcomes.set(code, (total.outcomes.get(code) ?? 0) + 1)
  const fail = (what: string) => {
    failures++
    console.error(`${format}, ${what}`)
  }
  const take = ({ code, ms = 0, seed, failure }: FuzzReport) => {
    if (code) count(code)
    if (ms > total.slowest.ms) total.slowest = { ms, seed }
    if (failure !== undefined) fail(`seed ${seed}: ${failure}`)
  }
  const ended = (at: number, why: string) => (format === 'parquet' ? count(why) : fail(`seed ${at}: ${why}`))
  await Promise.all(
    Array.from({ length: threads }, (_, at) =>
      readShare({ format, from: seed + at, step: threads, end: seed + inputs }, take, ended),
    ),
  )
  const counted = [...total.outcomes].sort((a, b) => b[1] - a[1]).map(([code, times]) => `${code} ${times}`)
  const seconds = (performance.now() - start) / 1000
  const { slowest } = total
  console.log(
    `${format}: ${inputs} inputs in ${seconds.toFixed(0)} s; slowest ${slowest.ms.toFixed(0)} ms (seed ${slowest.seed}); ${counted.join(', ')}`,
  )
}
process.exitCode = failures > 0 ? 1 : 0

/** The thread's code in one file: a thread that has to begin anew, as of Parquet thousands do, would read TypeScript for seconds. */
async function threadCode(): Promise<string> {
  const root = join(import.meta.dirname, '..')
  const outDir = join(root, 'node_modules/.cache/fuzz-data')
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: { ssr: join(root, 'scripts/lib/fuzz-thread.ts'), outDir, emptyOutDir: true, rolldownOptions: { output: { entryFileNames: 'thread.mjs' } } },
  })
  return join(outDir, 'thread.mjs')
}

/** Threads, one after another: where one had to be ended, or ran out of memory, the next goes on behind the file that it was at. */
async function readShare(
  share: FuzzShare,
  take: (report: FuzzReport) => void,
  ended: (seed: number, why: string) => void,
): Promise<void> {
  for (let from = share.from; from < share.end;) {
    const { stoppedAt, why } = await readUntilStopped({ ...share, from }, take)
    if (why === undefined) return
    ended(stoppedAt, why)
    from = stoppedAt + share.step
  }
}

function readUntilStopped(share: FuzzShare, take: (report: FuzzReport) => void): Promise<{ stoppedAt: number; why?: string }> {
  const place = new Int32Array(new SharedArrayBuffer(4))
  Atomics.store(place, 0, NOT_YET)
  const most = share.format === 'parquet' ? MOST_MILLISECONDS.parquet : MOST_MILLISECONDS.others
  const workerData: FuzzStart = { share, place }
  const thread = new Worker(threadFile, { workerData, resourceLimits: { maxOldGenerationSizeMb: 512 } })
  return new Promise((resolve) => {
    let [last, looks] = [NOT_YET, 0]
    let why: string | undefined
    const watch = setInterval(() => {
      const now = Atomics.load(place, 0)
      if (now !== last || now === NOT_YET) [last, looks] = [now, 0]
      else if (++looks * LOOK_EVERY_MILLISECONDS > most) void thread.terminate()
    }, LOOK_EVERY_MILLISECONDS)
    thread.on('message', take)
    thread.on(
      'error',
      (error: Error & { code?: string }) =>
        (why = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : (error.stack ?? error.message)),
    )
    thread.on('exit', (code) => {
      clearInterval(watch)
      const stopped = why ?? (code === 0 ? undefined : 'took too long')
      resolve({ stoppedAt: Math.max(share.from, Atomics.load(place, 0)), ...(stopped !== undefined && { why: stopped }) })
    })
  })
}
