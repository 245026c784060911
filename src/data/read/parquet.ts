/** Parquet, read by hyparquet: a row group at a time. */
import type { AsyncBuffer, FileMetaData, SchemaTree } from 'hyparquet'
import { HomespunError } from '../../errors.ts'
import { tooLarge, type Intake } from './intake.ts'
import { isStructured } from './layouts.ts'
import type { Rows } from './rows.ts'

const MOST_GROUP_BYTES = 256 * 2 ** 20
const MOST_ROWS = 5_000_000
const MOST_VALUES = 50_000_000

type Library = Pick<typeof import('hyparquet'), 'parquetMetadataAsync' | 'parquetRead' | 'parquetSchema'> & Pick<typeof import('hyparquet-compressors'), 'compressors'>

/** Throws 'parquet-invalid', 'file-empty', 'file-too-large', and what `Rows.header` throws. */
export async function readParquet(intake: Intake, rows: Rows): Promise<void> {
  const [{ parquetMetadataAsync, parquetRead, parquetSchema }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')])
  const library = { parquetMetadataAsync, parquetRead, parquetSchema, compressors }
  const file: AsyncBuffer = {
    byteLength: intake.blob.size,
    slice: (start, end) => intake.blob.slice(start, end).arrayBuffer(),
  }
  const metadata = await orInvalid(() => parquetMetadataAsync(file))
  checkSizes(metadata)
  const schema = await orInvalid(() => parquetSchema(metadata))
  checkColumns(metadata, schema)
  await checkPages(file, metadata)
  const names = schema.children.map(({ element }) => element.name)
  let next = 0
  for (const group of metadata.row_groups) {
    const end = next + Number(group.num_rows)
    const data = await readRange(file, metadata, next, end, library)
    if (next === 0) beginTable(names, data, rows)
    for (const [at, cells] of data.entries()) readRow(names, cells, next + at + 1, rows)
    next = end
    await intake.turn()
  }
  if (next === 0) throw new HomespunError('file-empty', 'The table is empty.', { fix: 'Choose one with at least one row.' })
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

async function readRange(file: AsyncBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number, library: Library): Promise<unknown[][]> {
  let data: unknown[][] = []
  const onComplete = (read: unknown[][]) => {
    data = read
  }
  await orInvalid(() => library.parquetRead({ file, metadata, rowStart, rowEnd, compressors: library.compressors, onComplete }))
  return data
}

/** What a damaged file claims is not believed. */
function checkSizes({ row_groups: groups, num_rows: rowCount }: FileMetaData): void {
  for (const { total_byte_size: bytes } of groups) if (bytes > MOST_GROUP_BYTES) throw tooLarge(Number(bytes), 'Row groups of Parquet')
  const counted = groups.reduce((sum, group) => sum + group.num_rows, 0n)
  if (counted !== rowCount || rowCount < 0n || groups.some((group) => group.num_rows < 0n)) throw invalid(undefined)
  if (rowCount > MOST_ROWS) throw new HomespunError('file-too-large', `The file has ${rowCount} rows.`, { fix: 'Use at most 5 million of them.' })
}

/**
 * Every row group holds each column once. Of a damaged file that does not, the library would start reading columns that it
 * then forgets, and their failures would be nobody's.
 */
function checkColumns({ row_groups: groups }: FileMetaData, schema: SchemaTree): void {
  const expected = new Set(leaves(schema))
  for (const { columns } of groups) {
    const paths = new Set(columns.map(({ meta_data: data, file_path: elsewhere }) => (elsewhere === undefined ? data?.path_in_schema?.join('.') : undefined)))
    const isWhole = columns.length === paths.size && paths.size === expected.size && leaves(schema).length === expected.size
    if (!isWhole || [...paths].some((path) => path === undefined || !expected.has(path))) throw invalid(undefined)
  }
}

/** A page that claims less than nothing would be read for ever, and one that claims too much takes all memory. */
async function checkPages(file: AsyncBuffer, { row_groups: groups }: FileMetaData): Promise<void> {
  const { parquetHeader } = await import('hyparquet/src/column.js')
  for (const { meta_data: column } of groups.flatMap(({ columns }) => columns)) {
    if (!column) throw invalid(undefined)
    const { dictionary_page_offset: dictionary, data_page_offset: first, total_compressed_size: size, num_values: values } = column
    const start = Number(dictionary && dictionary < first ? dictionary : first)
    if (start < 0 || size < 0n || values < 0n || values > MOST_VALUES || start + Number(size) > file.byteLength) throw invalid(undefined)
    const reader = { view: new DataView(await file.slice(start, start + Number(size))), offset: 0 }
    while (reader.offset < reader.view.byteLength - 1) {
      const { compressed_page_size: packed, uncompressed_page_size: unpacked, ...page } = await orInvalid(() => parquetHeader(reader))
      const counts = [page.data_page_header?.num_values, page.data_page_header_v2?.num_values, page.dictionary_page_header?.num_values]
      const isSound = packed >= 0 && unpacked >= 0 && unpacked <= MOST_GROUP_BYTES && counts.every((count = 0) => count >= 0 && count <= Number(values))
      if (!isSound) throw invalid(undefined)
      reader.offset += packed
    }
  }
}

function leaves({ children, path }: SchemaTree): string[] {
  return children.length === 0 ? [path.join('.')] : children.flatMap(leaves)
}

async function orInvalid<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    throw invalid(cause)
  }
}

function invalid(cause: unknown): HomespunError {
  return new HomespunError('parquet-invalid', 'The Parquet file cannot be read: it is damaged, or written in a way that is not known here.', {
    fix: 'Write it anew, or save it as JSONL or CSV.', cause,
  })
}
