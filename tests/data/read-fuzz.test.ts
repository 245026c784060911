/** Damaged and random files end in examples or in an error that a person can read, and soon. `npm run fuzz:data` tries many more. */
import { describe, expect, it } from 'vitest'
import { FORMATS, fuzzInput, tryInput } from '../../scripts/lib/fuzz-data.ts'

const INPUTS = 150

describe('any bytes', () => {
  for (const [format, good] of Object.entries(FORMATS)) {
    it(`give examples or a typed error (${format})`, async () => {
      for (const file of good) expect(await tryInput({ ...file, options: {} }), 'undamaged').toEqual({ code: 'read' })
      const codes = new Set<string>()
      for (let seed = 1; seed <= INPUTS; seed++) {
        const { code, failure } = await tryInput(fuzzInput(format, seed))
        expect(failure, `seed ${seed}`).toBeUndefined()
        codes.add(code)
      }
      expect(codes.size, 'damage was seen').toBeGreaterThan(1)
    })
  }

  it('leave no failure behind that nobody handles: Parquet that has one column’s dictionary nowhere', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      expect(await tryInput(fuzzInput('parquet', 8968))).toEqual({ code: 'parquet-invalid' })
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(unhandled).toEqual([])
  })

  it('would show an error of another kind', async () => {
    const [file] = FORMATS['jsonl']!
    const outcome = await tryInput({ ...file!, options: { onProgress: () => { throw new TypeError('not ours') } } })
    expect(outcome).toMatchObject({ code: 'untyped', failure: { message: 'not ours' } })
  })
})
