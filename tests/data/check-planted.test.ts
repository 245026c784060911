/** A labelled set: what was planted is found by row and kind, and what is clean is left alone. */
import { beforeAll, describe, expect, it } from 'vitest'
import { checkDataset } from '../../src/data/check/check.ts'
import type { Example, Finding } from '../../src/data/types.ts'
import { cleanPair, CONTEXT, plantedSet, steadyRandom, type Planted } from './planted.ts'

/** The set is found whole; 10 of 200 would be within what is asked for. */
const MISSED = 0

let planted: Planted
let findings: Finding[]
beforeAll(async () => {
  planted = plantedSet()
  const { examples, validation, lengths } = planted
  findings = await checkDataset(examples, { validation, lengths, contextLength: CONTEXT })
})

describe('the labelled set', () => {
  it('F45 F51 has 200 problems of 20 kinds, of which at least 95 % are found by row and code', () => {
    const kinds = new Map<string, number>()
    for (const { code } of planted.problems) {
      const kind = code.endsWith('leak') ? 'leak' : code
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    expect([...kinds.values()]).toEqual(Array.from({ length: 20 }, () => 10))
    const found = new Set(findings.map(({ row, code }) => `${row} ${code}`))
    const missed = planted.problems.filter(({ row, code }) => !found.has(`${row} ${code}`))
    expect(missed.length, missed.map(({ row, code }) => `${code}: ${JSON.stringify(planted.examples[row - 1])}`).join('\n')).toBeLessThanOrEqual(MISSED)
  })

  it('finds next to nothing in rows where nothing was planted', () => {
    const told = new Set(planted.problems.map(({ row }) => row))
    // A problem of two rows concerns the other one too.
    const twins = new Set(findings.filter(({ row }) => told.has(row)).flatMap(({ others = [] }) => others))
    const wrong = findings.filter(({ row }) => row > 0 && !told.has(row) && !twins.has(row)).map(({ row, code }) => `${row} ${code}`)
    expect(wrong).toEqual([])
  })

  it('finds nothing else in the planted rows but what goes with it', () => {
    const byRow = new Map(planted.problems.map(({ row, code }) => [row, code]))
    const extra = findings.filter(({ row, code }) => byRow.has(row) && byRow.get(row) !== code).map(({ row, code }) => `${byRow.get(row)} → ${code}`)
    expect(extra.length).toBeLessThanOrEqual(10)
  })

  it('finds none of it in clean rows', async () => {
    const random = steadyRandom(11)
    const clean: Example[] = Array.from({ length: 400 }, (_, index) => cleanPair(index + 1, random))
    const found = await checkDataset(clean, {})
    expect(found.filter(({ row, severity }) => row > 0 || severity !== 'info')).toEqual([])
  })
})
