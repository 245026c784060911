/** Parquet read in a thread of its own, as the page reads it in a worker. */
import { Worker } from 'node:worker_threads'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import type { Helper } from '../../src/service/parquet-apart.ts'

/** A thread reads TypeScript only once tsx is registered in it. */
const BEGIN = "import('tsx/esm/api').then(({ register }) => (register(), import(require('node:worker_threads').workerData)))"

/** For `ParquetApart`. What the thread may hold is bounded, since a damaged file may claim anything. */
export function startParquetThread(): Helper {
  const workerData = new URL('./parquet-worker.ts', import.meta.url).href
  const thread = new Worker(BEGIN, { eval: true, workerData, resourceLimits: { maxOldGenerationSizeMb: 512 } })
  // One that ran out of memory is ended for its silence.
  thread.on('error', () => undefined)
  return { endpoint: nodeEndpoint(thread), end: () => void thread.terminate() }
}
