/** Random and damaged data files, each from a seed, and what becomes of them. */
import { parquetWriteBuffer } from 'hyparquet-writer'
import { joined } from '../../src/data/bytes.ts'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import type { ReadOptions } from '../../src/data/types.ts'
import { HomespunError } from '../../src/errors.ts'
import { writeXlsx } from './write-xlsx.ts'

export interface FuzzInput {
  name: string
  bytes: Uint8Array<ArrayBuffer>
  options: ReadOptions
}

const encode = (text: string) => new TextEncoder().encode(text)

const RECORDS = [
  { input: 'a', output: 'b', split: 'test' },
  { instruction: 'Do', input: 'this', output: 'b', system: 's', history: [['q', 'a']] },
  { messages: [{ role: 'user', content: 'u' }, { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }, { role: 'assistant', content: 'b', weight: 1 }], tools: [{ name: 'f' }] },
  { conversations: [{ from: 'human', value: 'a' }, { from: 'gpt', value: 'b' }] },
  { prompt: 'p', chosen: 'c', rejected: 'r' },
  { input: { messages: [{ role: 'user', content: 'u' }] }, preferred_output: [{ role: 'assistant', content: 'a' }], non_preferred_output: [{ role: 'assistant', content: 'b' }] },
  { text: 'é 🎉 \ud800' },
]
const CSV = 'input,output,system\n"a, ""b""\nc",d,s\né,🎉,\n'
const TABLE = [['question', 'answer', 'n'], ['a', 'b', 1.5], ['c', true, null], ['d', new Date(0), -3]]
const parquet = (rows: number) => new Uint8Array(parquetWriteBuffer({
  columnData: [
    { name: 'question', data: Array.from({ length: rows }, (_, at) => `q${at}`), type: 'STRING' },
    { name: 'answer', data: Array.from({ length: rows }, (_, at) => (at % 3 === 0 ? null : at)), type: 'DOUBLE' },
    { name: 'tags', data: Array.from({ length: rows }, (_, at) => [{ a: at }]), type: 'JSON' },
  ],
  rowGroupSize: 20,
}))

/** Good files to be damaged, by reader. */
export const FORMATS: Record<string, Omit<FuzzInput, 'options'>[]> = {
  jsonl: [{ name: 'x.jsonl', bytes: encode(RECORDS.map((record) => JSON.stringify(record)).join('\n')) }],
  json: [{ name: 'x.json', bytes: encode(JSON.stringify(RECORDS, null, 1)) }, { name: 'x.json', bytes: encode(JSON.stringify({ data: RECORDS })) }],
  csv: [{ name: 'x.csv', bytes: encode(CSV) }, { name: 'x.tsv', bytes: encode(CSV.replaceAll(',', '\t')) }],
  xlsx: [{ name: 'x.xlsx', bytes: writeXlsx({ A: TABLE }) }, { name: 'x.xlsx', bytes: writeXlsx({ A: TABLE, B: [['x']] }, { compressed: false }) }],
  parquet: [{ name: 'x.parquet', bytes: parquet(5) }, { name: 'x.parquet', bytes: parquet(50) }],
  text: [{ name: 'x.md', bytes: encode('# Head\n\nOne. Two.\n\nThree\n') }, { name: 'pasted', bytes: encode('input\toutput\nc\td\n') }],
}

const TOKENS = ['{', '}', '[', ']', '"', '""', ',', ';', '\t', ':', '\n', '\r', '\r\n', '\\', '\\u', '\0', 'null', '1e999', 'é', '🎉', '\uFEFF', '__proto__', 'constructor', 'input', 'output', 'messages', 'role', '-1', '#'].map(encode)
/** Counts and sizes that a damaged file may claim. */
const NUMBERS = [[0xff], [0x7f], [0x80], [0], [0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0x0f]].map((bytes) => Uint8Array.from(bytes))
const CHOICES: ReadOptions[] = [{}, {}, {}, { columns: { input: 'input', output: 'output' } }, { columns: { header: false, text: 'column 1' } }, { encoding: 'windows-1252' }, { encoding: 'utf-16le' }, { encoding: 'shift_jis' }]

/** A good file with some places changed; one in eight is random from beginning to end. */
export function fuzzInput(format: string, seed: number): FuzzInput {
  const random = generator(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const { name, bytes: good } = pick(FORMATS[format]!)
  let bytes: Uint8Array = good
  if (random() < 0.125) {
    bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => random() * 256)
    if (random() < 0.5) bytes = joined([good.subarray(0, 4), bytes, good.subarray(-4)])
  }
  for (let changes = 1 + Math.floor(random() * 6); changes > 0; changes--) {
    const at = Math.floor(random() * (bytes.length + 1))
    const length = Math.floor(random() ** 3 * bytes.length)
    const change = random()
    if (change < 0.35) bytes = joined([bytes.subarray(0, at), Uint8Array.of(random() * 256), bytes.subarray(at + 1)])
    else if (change < 0.5) bytes = joined([bytes.subarray(0, at), pick(NUMBERS), bytes.subarray(at + 1)])
    else if (change < 0.75) bytes = joined([bytes.subarray(0, at), pick(TOKENS), bytes.subarray(at)])
    else if (change < 0.9) bytes = joined([bytes.subarray(0, at), bytes.subarray(at + length)])
    else bytes = joined([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)])
  }
  return { name, bytes: new Uint8Array(bytes), options: pick(CHOICES) }
}

/** Mulberry32: the same numbers in [0, 1) for a seed. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A file that is read at once: a Blob takes its bytes from another thread, which costs more than to read so small a file. */
class FileAtHand extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super()
    this.#bytes = bytes
  }

  override get size(): number {
    return this.#bytes.length
  }

  override slice(start?: number, end?: number): Blob {
    return new FileAtHand(this.#bytes.subarray(start, end))
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.slice().buffer)
  }
}

/** The code of the error, or "read"; `failure` where it was thrown as no HomespunError, or examples are not what they must be. */
export async function tryInput({ name, bytes, options }: FuzzInput): Promise<{ code: string; failure?: unknown }> {
  try {
    const { examples, hash } = await readDataset(new FileAtHand(bytes), name, options)
    const sound = examples.length > 0 && /^[0-9a-f]{64}$/.test(hash) && examples.every(({ row }) => Number.isInteger(row) && row > 0)
    return sound ? { code: 'read' } : { code: 'unsound', failure: examples.slice(0, 3) }
  } catch (error) {
    return error instanceof HomespunError && error.code !== 'unexpected' ? { code: error.code } : { code: 'untyped', failure: error }
  }
}
