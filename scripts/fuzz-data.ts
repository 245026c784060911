/**
 * Throws random and damaged files at the readers of data: each must end soon, with examples or with a HomespunError.
 * npm run fuzz:data -- --inputs 1000000 [--seed 1] [--only csv,parquet]
 */
import { parseArgs } from 'node:util'
import { setImmediate } from 'node:timers'
import { ParquetApart } from '../src/service/parquet-apart.ts'
import { FORMATS, fuzzInput, tryInput } from './lib/fuzz-data.ts'
import { registerErrorTransfer } from '../src/service/transfer.ts'
import { startParquetThread } from './lib/parquet-in-node.ts'

const { values } = parseArgs({ options: { inputs: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, only: { type: 'string' } } })
const inputs = Number(values.inputs)
const formats = values.only?.split(',') ?? Object.keys(FORMATS)
registerErrorTransfer()
const parquet = new ParquetApart(startParquetThread, 1000)
// Readers let other work have its turn by a timer, which waits a millisecond for nothing here.
const timer = globalThis.setTimeout
globalThis.setTimeout = Object.assign((act: () => void, ms?: number) => (ms ? timer(act, ms) : setImmediate(act)), timer) as typeof setTimeout
let failures = 0
let current = ''

process.on('unhandledRejection', (reason) => {
  failures++
  console.error(`${current}: a failure that nobody handles:`, reason)
})

for (const format of formats) {
  const outcomes = new Map<string, number>()
  const start = performance.now()
  let slowest = { ms: 0, seed: 0 }
  for (let at = 0; at < inputs; at++) {
    const seed = Number(values.seed) + at
    current = `${format}, seed ${seed}`
    const input = fuzzInput(format, seed)
    const began = performance.now()
    const outcome = await tryInput(input, parquet.read)
    const ms = performance.now() - began
    if (ms > slowest.ms) slowest = { ms, seed }
    outcomes.set(outcome.code, (outcomes.get(outcome.code) ?? 0) + 1)
    if (!outcome.failure) continue
    failures++
    console.error(`${current}:`, outcome.failure)
  }
  const counted = [...outcomes].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`)
  const seconds = (performance.now() - start) / 1000
  console.log(`${format}: ${inputs} inputs in ${seconds.toFixed(0)} s; slowest ${slowest.ms.toFixed(0)} ms (seed ${slowest.seed}); ${counted.join(', ')}`)
}

parquet.end()
process.exitCode = failures > 0 ? 1 : 0
