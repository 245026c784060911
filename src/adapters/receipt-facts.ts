/** Parts of a receipt that came to it later: what computed, how the rows were divided, what tests gave. Older receipts lack them. */
import type { Fields } from './fields.ts'
import type { AdapterReceipt, Measured, Score } from './types.ts'

/** Later ones take the place of the earliest. */
const MOST_SCORES = 20
const PARTS = ['training', 'validation'] as const
const LAYOUTS = ['pairs', 'chat', 'text', 'mixed'] as const

export function readEngine(fields: Fields): AdapterReceipt['engine'] {
  if (fields.raw('engine') === undefined) return undefined
  const engine = fields.object('engine')
  return { kind: engine.choice('kind', ['webgpu', 'onnx', 'tfjs']), device: engine.text('device') }
}

export function readSplit(fields: Fields): AdapterReceipt['split'] {
  if (fields.raw('split') === undefined) return undefined
  const split = fields.object('split')
  return {
    training: split.count('training'), validation: split.count('validation'), by: split.choice('by', ['file', 'group', 'row']),
    seed: split.number('seed'), targetTokens: split.count('targetTokens'),
    ...(split.raw('layout') !== undefined && { layout: split.choice('layout', LAYOUTS) }),
  }
}

export function readScores(fields: Fields): Score[] | undefined {
  return fields.raw('scores') === undefined ? undefined : fields.objects('scores').map(readScore)
}

/** With one more; it takes the place of one on the same rows, asked in the same way. */
export function withScore(scores: readonly Score[] = [], score: Score): Score[] {
  return [...scores.filter((other) => testOf(other) !== testOf(score)), score].slice(-MOST_SCORES)
}

/** What two tests have in common where one can be held against the other. */
function testOf({ data, rows, of, strength, shown }: Score): string {
  return JSON.stringify([data.hash, data.part, rows, of, strength, shown?.examples])
}

function readScore(fields: Fields): Score {
  const data = fields.object('data')
  const part = data.raw('part') === undefined ? undefined : data.choice('part', PARTS)
  const shown = fields.raw('shown') === undefined ? undefined : fields.object('shown')
  return {
    measuredAt: fields.text('measuredAt'),
    data: { name: data.text('name'), hash: data.text('hash'), ...(part && { part }) },
    rows: fields.count('rows'), of: fields.count('of'), asked: fields.count('asked'), targets: fields.count('targets'),
    strength: fields.amount('strength'),
    base: readMeasured(fields.object('base')), tuned: readMeasured(fields.object('tuned')),
    ...(shown && { shown: { ...readMeasured(shown), examples: shown.count('examples') } }),
  }
}

function readMeasured(fields: Fields): Measured {
  const none = fields.raw('loss') === undefined
  return { ...(!none && { loss: fields.amount('loss') }), exact: fields.count('exact'), contains: fields.count('contains') }
}
