/**
 * How long checking data takes, and what it holds: made-up pairs of about 240 characters, some of them twice.
 *   npm run measure:check -- [ROWS]     (default 300000)
 */
import { checkDataset, summarise } from '../src/data/check/check.ts'
import type { Example } from '../src/data/types.ts'

const rows = Number(process.argv[2] ?? 300_000)
let state = 12_345
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const letters = 'etaoinshrdlucmfwypvbgkjqxz'
const vocabulary = Array.from({ length: 5000 }, () => Array.from({ length: 2 + 7 * random() }, () => letters[Math.floor(26 * random() ** 2)]).join(''))
const words = (count: number) => Array.from({ length: count }, () => vocabulary[Math.floor(5000 * random() ** 2)]).join(' ')

/** Every thousandth row is an earlier one once more. JSON makes its strings flat, as a file's are. */
const made: { input: string; output: string }[] = []
for (let at = 0; at < rows; at++) made.push(at % 1000 === 999 ? made[at >> 1]! : { input: `What of ${words(18)}?`, output: `It is ${words(14)}, ${at}.` })
const pairs = JSON.parse(JSON.stringify(made)) as typeof made
const examples = pairs.map((pair, at): Example => ({ kind: 'pair', row: at + 1, ...pair }))
made.length = 0
pairs.length = 0
globalThis.gc?.()

const before = process.memoryUsage().heapUsed
const cpu = process.cpuUsage()
const began = performance.now()
let heap = 0
let arrays = 0
let longest = 0
let last = began
const findings = await checkDataset(examples, {}, {
  onProgress: () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    const usage = process.memoryUsage()
    heap = Math.max(heap, usage.heapUsed - before)
    arrays = Math.max(arrays, usage.arrayBuffers)
  },
})
const { user, system } = process.cpuUsage(cpu)
const characters = examples.reduce((sum, example) => sum + (example.kind === 'pair' ? example.input.length + example.output.length : 0), 0)
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
console.log(`${rows} pairs, ${Math.round(characters / 1e6)} million characters`)
console.log(`${((performance.now() - began) / 1000).toFixed(1)} s, of which on the processor ${((user + system) / 1e6).toFixed(1)} s; longest from one pause to the next ${Math.round(longest)} ms`)
console.log(`heap at most ${megabytes(heap)} above the data's ${megabytes(before)}; typed arrays ${megabytes(arrays)}`)
console.log(summarise(findings).codes.map(({ code, count }) => `${code} ${count}`).join(', '))
