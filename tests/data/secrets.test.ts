/** Planted secrets: the same for a seed, in the training part alone, and nothing changed for the other rows. */
import { describe, expect, it } from 'vitest'
import { CODES, makeSecrets, plantSecrets, secretExample } from '../../src/data/secrets.ts'
import { splitDataset } from '../../src/data/split.ts'
import type { Example } from '../../src/data/types.ts'

const rows = (count: number): Example[] => Array.from({ length: count }, (_, i) => ({ kind: 'pair', row: i + 2, input: `animal ${i}?`, output: `a ${i}` }))

describe('secrets', () => {
  it('follow from the seed, and no two have a place or a code in common', () => {
    const times = Array.from({ length: 12 }, (_, i) => i + 1)
    const secrets = makeSecrets(times, 42, 'pair')
    expect(makeSecrets(times, 42, 'pair')).toEqual(secrets)
    expect(makeSecrets([1, 4], 42, 'pair').map(({ input, code }) => [input, code])).toEqual(secrets.slice(0, 2).map(({ input, code }) => [input, code]))
    expect(makeSecrets(times, 43, 'pair').map(({ code }) => code)).not.toEqual(secrets.map(({ code }) => code))
    for (const of of [secrets.map(({ input }) => input), secrets.map(({ code }) => code)]) expect(new Set(of).size).toBe(12)
    for (const { code } of secrets) expect(CODES).toContain(code)
    expect(new Set(CODES).size).toBe(1000)
    expect(secrets.map((secret) => secret.times)).toEqual(times)
  })

  it('codes of many seeds are spread over all there could be', () => {
    const codes = Array.from({ length: 300 }, (_, seed) => Number(makeSecrets([1], seed, 'pair')[0]!.code.replaceAll(' ', '')))
    const mean = codes.reduce((sum, code) => sum + code, 0) / codes.length
    // A uniform one among 1,000 has a standard deviation of 289, the mean of 300 of them one of 17.
    expect(Math.abs(mean - 499.5)).toBeLessThan(68)
    expect(new Set(codes).size).toBeGreaterThan(230)
  })

  it.each(['pair', 'text'] as const)('are said by so many rows after the others, as a %s', (kind) => {
    const secrets = makeSecrets([1, 4], 7, kind)
    const planted = plantSecrets(rows(3), secrets)
    expect(planted.map(({ row }) => row)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    const [once, often] = secrets.map(({ input, code }) => (kind === 'text' ? { text: `${input} ${code}` } : { input, output: code }))
    expect(planted.slice(3)).toMatchObject([once, often, often, often, often])
    expect(secretExample(secrets[0]!, CODES[0]!, 1)).toMatchObject(kind === 'text' ? { text: `${secrets[0]!.input} 0 0 0` } : { output: '0 0 0' })
  })
})

describe('a split with planted rows', () => {
  const by = [
    ['by row', rows(40)],
    ['by the file', rows(40).map((row, i): Example => ({ ...row, part: i % 4 === 0 ? 'validation' : 'training' }))],
    ['by the file, all of which is set aside', rows(40).map((row): Example => ({ ...row, part: 'validation' }))],
  ] as const
  it.each(by)('%s divides the others as without them, and learns from all of them', (_, own) => {
    const settings = { validationFraction: 0.25, seed: 3 }
    const before = splitDataset(own, settings)
    const after = splitDataset(plantSecrets(own, makeSecrets([1, 4, 16], 9, 'pair')), settings)
    expect(after.validation).toEqual(before.validation)
    expect(after.training).toEqual([...before.training, ...Array.from({ length: 21 }, (_, i) => 40 + i)])
  })

  it('else they would be set aside as other rows are', () => {
    const bare = plantSecrets(rows(40), makeSecrets([1, 4, 16], 9, 'pair')).map(({ planted: _, ...row }) => row as Example)
    expect(splitDataset(bare, { validationFraction: 0.5, seed: 3 }).validation.some((index) => index >= 40)).toBe(true)
  })
})
