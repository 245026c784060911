/** The receipt: what it did not always hold, and what tests add to it. */
import { expect, it } from 'vitest'
import { decodeReceipt, encodeReceipt } from '../../src/adapters/receipt.ts'
import { withScore } from '../../src/adapters/receipt-facts.ts'
import type { Score } from '../../src/adapters/types.ts'
import { receipt } from './samples.ts'

const changed = (change: (json: Record<string, unknown>) => void) => {
  const json = JSON.parse(new TextDecoder().decode(encodeReceipt(receipt, 'abcd'))) as Record<string, unknown>
  change(json)
  return new TextEncoder().encode(JSON.stringify(json))
}

it('comes back whole; an older one, without engine, split and scores, has none of them', () => {
  const { split, engine, scores } = decodeReceipt(changed(() => undefined)).receipt
  expect({ split, engine, scores }).toEqual({ split: receipt.split, engine: receipt.engine, scores: receipt.scores })
  const older = decodeReceipt(changed((json) => ['split', 'engine', 'scores'].forEach((field) => delete json[field]))).receipt
  expect(older).toMatchObject({ name: receipt.name, steps: 20 })
  expect([older.split, older.engine, older.scores]).toEqual([undefined, undefined, undefined])
})

it.each([
  ['engine.kind', (json: Record<string, unknown>) => (json.engine = { kind: 'abacus', device: 'wood' })],
  ['split.training', (json: Record<string, unknown>) => (json.split = { training: -1 })],
  ['scores.tuned', (json: Record<string, unknown>) => (json.scores = [{ ...receipt.scores![0], tuned: 1 }])],
])('with no valid %s is refused by that name', (field, change) => {
  expect(() => decodeReceipt(changed(change))).toThrow(`"${field}"`)
})

it('a test made again takes the place of the one before; on other rows, at another strength or beside examples it stands beside it', () => {
  const [score] = receipt.scores as [Score]
  const again = { ...score, measuredAt: '2026-11-22T10:00:00.000Z', tuned: { loss: 1, exact: 2, contains: 2 } }
  expect(withScore([score], again)).toEqual([again])
  for (const other of [{ ...score, strength: 0.5 }, { ...score, shown: undefined }, { ...score, data: { name: 'test.jsonl', hash: '4567' } }]) {
    expect(withScore([score], other)).toEqual([score, other])
  }
  const many = Array.from({ length: 30 }, (_, at) => ({ ...score, rows: at }))
  expect(many.reduce<Score[]>((scores, one) => withScore(scores, one), []).map(({ rows }) => rows)).toEqual(Array.from({ length: 20 }, (_, at) => at + 10))
})
