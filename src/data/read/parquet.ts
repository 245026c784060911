/** Parquet: each row group becomes rows. */
import { HomespunError } from '../../errors.ts'
import type { ReadParquet } from '../types.ts'
import type { Intake } from './intake.ts'
import { isStructured } from './layouts.ts'
import type { Rows } from './rows.ts'

/** Throws 'parquet-invalid', 'file-empty', 'file-too-large', what the signal was aborted with, and what `Rows.header` throws. */
export async function readParquet(intake: Intake, rows: Rows, read: ReadParquet): Promise<void> {
  let count = 0
  for await (const { names, rows: data } of read(intake.blob, intake.signal)) {
    if (count === 0) beginTable(names, data, rows)
    for (const cells of data) readRow(names, cells, ++count, rows)
    await intake.turn()
  }
  if (count === 0) throw new HomespunError('file-empty', 'The table is empty.', { fix: 'Choose one with at least one row.' })
}

/** Columns of text are a table; where one holds lists or objects, rows are records. */
function beginTable(names: readonly string[], data: readonly unknown[][], rows: Rows): void {
  if (!isStructured(names)) rows.header(names, data.slice(0, 5).map((cells) => cells.map(String)))
}

function readRow(names: readonly string[], cells: readonly unknown[], row: number, rows: Rows): void {
  if (!isStructured(names)) return rows.cells(cells, row)
  const present = names.map((name, at) => [name, plain(cells[at])] as const).filter(([, value]) => value !== null && value !== undefined)
  rows.record(Object.fromEntries(present), row)
}

/** Fields of a struct that are null are no keys: every message of a column has all keys that one of them has. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined).map(([key, inner]) => [key, plain(inner)]))
}
