/** The validation part, and the two columns of the table. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datasetLayout, exampleColumns } from '../../src/data/example.ts'
import { possibleSplits, splitDataset } from '../../src/data/split.ts'
import type { Example } from '../../src/data/types.ts'

const pair = (input: string, output: string): Example => ({ kind: 'pair', row: 1, input, output })
const distinct = (count: number): Example[] => Array.from({ length: count }, (_, index) => pair(`q${index}`, 'a'))

describe('the split', () => {
  it('keeps groups whole where asked to, and rows with the same words with them', () => {
    const rows = Array.from({ length: 40 }, (_, index): Example => ({ ...pair(`q${index}`, 'a'), group: `person ${index % 8}` }))
    const twin: Example = { ...pair('q0', 'a'), group: 'person 5' }
    for (const seed of [1, 2, 3]) {
      const { training, validation } = splitDataset([...rows, twin], { validationFraction: 0.25, seed, by: 'group' })
      const groupsOf = (indices: number[]) => new Set(indices.map((index) => [...rows, twin][index]!.group))
      expect([...groupsOf(validation)].filter((group) => groupsOf(training).has(group))).toEqual([])
      expect(validation.length).toBeGreaterThan(0)
      expect(validation.includes(0)).toBe(validation.includes(40))
    }
    expect(possibleSplits(rows)).toEqual(['row', 'group'])
    const single = splitDataset(rows, { validationFraction: 0.25, seed: 1, by: 'row' }).validation
    expect(new Set(single.map((index) => rows[index]!.group)).size).toBeGreaterThan(2)
  })

  it('puts every example on one side, by seed, duplicates together, and training is never empty', () => {
    const examples = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f').map((text) => pair(text, 'x')), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(examples, fc.double({ min: 0, max: 0.99, noNaN: true }), fc.integer(), (given, fraction, seed) => {
        const { training, validation } = splitDataset(given, { validationFraction: fraction, seed: seed })
        expect([...training, ...validation].sort((a, b) => a - b)).toEqual(given.map((_, index) => index))
        expect(training.length).toBeGreaterThan(0)
        expect(validation.length).toBeLessThanOrEqual(Math.round(given.length * fraction))
        const trained = new Set(training.map((index) => JSON.stringify(given[index])))
        for (const index of validation) expect(trained.has(JSON.stringify(given[index]))).toBe(false)
        expect(splitDataset(given, { validationFraction: fraction, seed: seed })).toEqual({ training, validation })
      }),
    )
  })

  it('is the file’s own where the file says so; what is on both sides is for training', () => {
    const rows: Example[] = [{ ...pair('a', '1'), part: 'training' }, { ...pair('b', '2'), part: 'validation' }, pair('c', '3'), { ...pair('a', '1'), part: 'validation' }]
    expect(splitDataset(rows, { validationFraction: 0.3, seed: 1 })).toEqual({ training: [0, 2, 3], validation: [1] })
    expect(splitDataset(rows, { validationFraction: 0, seed: 1 }).validation).toEqual([])
    expect(splitDataset(rows.slice(0, 1).concat(distinct(9)), { validationFraction: 0.1, seed: 1 }).validation).toHaveLength(1)
  })

  it('takes the asked-for part of distinct examples, others for another seed', () => {
    expect(splitDataset(distinct(100), { validationFraction: 0.1, seed: 1 }).validation).toHaveLength(10)
    expect(splitDataset(distinct(100), { validationFraction: 0.1, seed: 1 })).not.toEqual(splitDataset(distinct(100), { validationFraction: 0.1, seed: 2 }))
    expect(splitDataset(distinct(100), { validationFraction: 0, seed: 1 }).validation).toEqual([])
  })

  it('counts a pair and the same words as a chat as duplicates', () => {
    const chat: Example = { kind: 'chat', row: 2, messages: [{ role: 'user', content: ' q ' }, { role: 'assistant', content: 'a' }] }
    for (let seed = 0; seed < 10; seed++) {
      const { validation } = splitDataset([pair('q', 'a'), chat, pair('r', 'a'), pair('s', 'a')], { validationFraction: 0.5, seed: seed })
      expect(validation.includes(0)).toBe(validation.includes(1))
    }
  })

  it('keeps a single example for training, and refuses a part that is none', () => {
    expect(splitDataset(distinct(1), { validationFraction: 0.9, seed: 1 })).toEqual({ training: [0], validation: [] })
    for (const fraction of [1, -0.1, NaN]) expect(() => splitDataset(distinct(3), { validationFraction: fraction, seed: 1 })).toThrow(/validation part/)
  })
})

describe('the table', () => {
  it('shows the turns before the last answer, and that answer', () => {
    const chat: Example = {
      kind: 'chat', row: 1,
      messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }, { role: 'user', content: 'c' }, { role: 'assistant', content: 'd' }],
    }
    expect(exampleColumns(chat)).toEqual({ input: 'user: a\nassistant: b\nuser: c', output: 'd' })
    expect(exampleColumns(pair('a', 'b'))).toEqual({ input: 'a', output: 'b' })
    expect(exampleColumns({ kind: 'text', row: 1, text: 't' })).toEqual({ input: '', output: 't' })
    expect(datasetLayout([chat])).toBe('chat')
    expect(datasetLayout([pair('a', 'b')])).toBe('pairs')
    expect(datasetLayout([chat, pair('a', 'b')])).toBe('mixed')
  })
})
