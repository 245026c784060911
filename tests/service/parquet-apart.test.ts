/** Parquet read apart: a file that keeps its reader busy for ever, or is wanted no more, costs only that reader. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORMATS, fuzzInput } from '../../scripts/lib/fuzz-data.ts'
import { startParquetThread } from '../../scripts/lib/parquet-in-node.ts'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import { HomespunError } from '../../src/errors.ts'
import { ParquetApart, type Helper } from '../../src/service/parquet-apart.ts'
import { registerErrorTransfer } from '../../src/service/transfer.ts'

/** A damaged file whose run of bits has a length below zero, which the library counts down from. */
const ENDLESS = fuzzInput('parquet', 162)
const [GOOD] = FORMATS['parquet']!

describe('Parquet in a worker of its own', () => {
  let started = 0
  const start = (): Helper => {
    started++
    return startParquetThread()
  }
  const parquet = new ParquetApart(start, 3000)

  beforeAll(() => {
    registerErrorTransfer()
  })
  afterAll(() => parquet.end())

  it('reads as it does here', async () => {
    const [apart, here] = [await readDataset(GOOD!.bytes, 'x.parquet', { parquet: parquet.read }), await readDataset(GOOD!.bytes, 'x.parquet')]
    expect(apart).toEqual(here)
  })

  it('says what is wrong with a damaged file', async () => {
    const read = readDataset(GOOD!.bytes.slice(0, -6), 'x.parquet', { parquet: parquet.read })
    await expect(read).rejects.toMatchObject({ name: 'HomespunError', code: 'parquet-invalid' })
    expect(started, 'one worker for all files').toBe(1)
  })

  it('ends the worker that comes to no end, and reads the next file with another', async () => {
    await expect(readDataset(ENDLESS.bytes, 'x.parquet', { parquet: parquet.read })).rejects.toMatchObject({ code: 'parquet-invalid' })
    expect((await readDataset(GOOD!.bytes, 'x.parquet', { parquet: parquet.read })).examples.length).toBeGreaterThan(0)
    expect(started).toBe(2)
  })

  it('ends it at once when the file is wanted no more', async () => {
    const patient = new ParquetApart(start, 3_600_000)
    const control = new AbortController()
    await patient.prepare()
    const reading = readDataset(ENDLESS.bytes, 'x.parquet', {
      signal: control.signal,
      parquet: (blob, signal) => {
        setTimeout(() => control.abort(new HomespunError('cancelled', 'Reading the file was stopped.')))
        return patient.read(blob, signal)
      },
    })
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    patient.end()
  })
})
