/**
 * Lays the examples of a micro-batch out for the engine: fixed sizes that fit every micro-batch of a run, segment ids
 * so that no example sees another, and for each target the place whose logits predict it.
 */
import { HomespunError } from '../../errors.ts'
import type { BatchLayout, MicroBatch, TokenizedExample } from '../types.ts'
import { overflow } from './overflow.ts'
import { emptySources, fillSources, sourceEnds } from './sources.ts'

/** What planning needs of an example. */
export interface ExampleSize {
  length: number
  targets: number
  /** Tokens of its source, if it has one. */
  source?: number
}

const ROW_MULTIPLE = 32
const TARGET_MULTIPLE = 16

export function exampleSize(example: TokenizedExample): ExampleSize {
  let targets = 0
  for (let i = 1; i < example.weights.length; i++) if ((example.weights[i] ?? 0) > 0) targets++
  return { length: example.tokens.length, targets, ...(example.source && { source: example.source.length }) }
}

/** Whether the example has room in the layout by itself. */
export function hasRoom(example: TokenizedExample, { rowLength, targetCapacity, sourceLength = 0 }: BatchLayout): boolean {
  const { length, targets, source = 0 } = exampleSize(example)
  return length <= rowLength && targets <= targetCapacity && source <= sourceLength
}

/**
 * The one layout that fits every given micro-batch.
 * Without `rowLength`: a single flat row, as long as the fullest micro-batch, rounded up to 32 tokens.
 * With it: rows of that length, as many as the fullest micro-batch needs when packed first-fit decreasing.
 * Throws 'no-examples', 'example-too-long'.
 */
export function planLayout(microBatches: Iterable<readonly ExampleSize[]>, options: { rowLength?: number } = {}): BatchLayout {
  let tokens = 0
  let targets = 0
  let rows = 1
  let longest = 0
  let sources: number | undefined
  for (const sizes of microBatches) {
    tokens = Math.max(tokens, sum(sizes, (size) => size.length))
    longest = sizes.reduce((most, { length, source = 0 }) => Math.max(most, length, source), longest)
    targets = Math.max(targets, sum(sizes, (size) => size.targets))
    const places = place(sizes.map((size) => size.length), options.rowLength ?? Infinity)
    rows = Math.max(rows, ...places.map((at) => at.row + 1))
    if (sizes.some(({ source }) => source !== undefined)) sources = Math.max(sources ?? 0, ...sourceEnds(sizes.map(({ source = 0 }) => source), places))
  }
  if (tokens === 0) throw new HomespunError('no-examples', 'There is no example to lay out.', { fix: 'Add rows to the data.' })
  return {
    rows,
    rowLength: options.rowLength ?? roundUp(tokens, ROW_MULTIPLE),
    targetCapacity: roundUp(Math.max(1, targets), TARGET_MULTIPLE),
    longest,
    ...(sources !== undefined && { sourceLength: roundUp(sources, ROW_MULTIPLE) }),
  }
}

/**
 * One micro-batch in the given layout. The logits that predict tokens[i] of an example sit at i − 1 of the same example.
 * Throws 'batch-overflow' where the layout was planned for smaller micro-batches.
 */
export function packMicroBatch(examples: readonly TokenizedExample[], layout: BatchLayout): MicroBatch {
  const { rows, rowLength, targetCapacity } = layout
  const places = place(examples.map((example) => example.tokens.length), rowLength)
  const batch = emptyBatch(layout)
  let target = 0
  for (const [index, example] of examples.entries()) {
    const { row, column } = places[index] ?? { row: rows, column: 0 }
    if (row >= rows) overflow('tokens')
    const offset = row * rowLength + column
    batch.tokens.set(example.tokens, offset)
    for (let i = 0; i < example.tokens.length; i++) {
      batch.positions[offset + i] = i
      batch.segmentIds[offset + i] = index + 1
      const weight = example.weights[i] ?? 0
      if (i === 0 || !(weight > 0)) continue
      if (target >= targetCapacity) overflow('targets')
      batch.targetRows[target] = offset + i - 1
      batch.targetIds[target] = example.tokens[i] ?? 0
      batch.targetWeights[target++] = weight
      batch.weightSum += weight
    }
    batch.tokenCount += example.tokens.length + (example.source?.length ?? 0)
  }
  batch.exampleCount = examples.length
  if (batch.source) fillSources(batch.source, examples.map(({ source }) => source), places, layout)
  return batch
}

function emptyBatch(layout: BatchLayout): MicroBatch {
  const size = layout.rows * layout.rowLength
  return {
    layout,
    tokens: new Uint32Array(size),
    positions: new Uint32Array(size),
    segmentIds: new Uint32Array(size),
    ...(layout.sourceLength !== undefined && { source: emptySources(layout.rows * layout.sourceLength) }),
    targetRows: new Uint32Array(layout.targetCapacity),
    targetIds: new Uint32Array(layout.targetCapacity),
    targetWeights: new Float32Array(layout.targetCapacity),
    weightSum: 0,
    tokenCount: 0,
    exampleCount: 0,
  }
}

interface Place {
  row: number
  column: number
}

/** First-fit decreasing: the longest first, each into the first row with room; the places come back in the given order. */
function place(lengths: readonly number[], rowLength: number): Place[] {
  const order = lengths.map((_, index) => index).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b)
  const filled: number[] = []
  const places: Place[] = lengths.map(() => ({ row: 0, column: 0 }))
  for (const index of order) {
    const length = lengths[index] ?? 0
    if (length > rowLength) {
      throw new HomespunError('example-too-long', `An example of ${length} tokens does not fit a row of ${rowLength}.`, {
        fix: 'Cut examples to the length of a row, or lengthen the rows.',
      })
    }
    let row = filled.findIndex((used) => used + length <= rowLength)
    if (row < 0) row = filled.push(0) - 1
    places[index] = { row, column: filled[row] ?? 0 }
    filled[row] = (filled[row] ?? 0) + length
  }
  return places
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}
