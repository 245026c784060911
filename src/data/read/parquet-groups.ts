/** Parquet by hyparquet, a row group at a time: the part that may run apart. */
import type { AsyncBuffer, FileMetaData, SchemaTree } from 'hyparquet'
import { HomespunError } from '../../errors.ts'
import type { ParquetGroup } from '../types.ts'
import { tooLarge } from './intake.ts'

const MOST_GROUP_BYTES = 256 * 2 ** 20
const MOST_ROWS = 5_000_000
const MOST_VALUES = 50_000_000

type Library = Pick<typeof import('hyparquet'), 'parquetMetadataAsync' | 'parquetRead' | 'parquetSchema'> & Pick<typeof import('hyparquet-compressors'), 'compressors'>

/**
 * The rows of a file, a row group at a time. hyparquet takes time and memory as a damaged file claims, without end at worst: who
 * cannot wait for ever runs this in a worker.
 *
 * Throws 'parquet-invalid' and 'file-too-large'.
 */
export async function* parquetGroups(blob: Blob): AsyncGenerator<ParquetGroup> {
  try {
    yield* soundGroups(blob)
  } catch (cause) {
    throw cause instanceof HomespunError ? cause : parquetInvalid(cause)
  }
}

async function* soundGroups(blob: Blob): AsyncGenerator<ParquetGroup> {
  const [{ parquetMetadataAsync, parquetRead, parquetSchema }, { compressors }] = await fetchParquet()
  const library = { parquetMetadataAsync, parquetRead, parquetSchema, compressors }
  const file = bytesOf(blob)
  const metadata = await parquetMetadataAsync(file)
  checkSizes(metadata)
  const schema = parquetSchema(metadata)
  checkColumns(metadata, schema)
  await checkPages(file, metadata)
  const names = schema.children.map(({ element }) => element.name)
  let next = 0
  for (const group of metadata.row_groups) {
    const end = next + Number(group.num_rows)
    yield { names, rows: await readRange(file, metadata, next, end, library) }
    next = end
  }
}

/** Places that a damaged file names need not be in it. */
function bytesOf(blob: Blob): AsyncBuffer {
  return {
    byteLength: blob.size,
    async slice(start, end = blob.size) {
      if (!(start >= 0 && start <= end && end <= blob.size)) throw parquetInvalid(new RangeError(`bytes ${start} to ${end} of ${blob.size}`))
      return blob.slice(start, end).arrayBuffer()
    },
  }
}

/** The library and its decompressors, loaded when first wanted. */
export function fetchParquet() {
  return Promise.all([import('hyparquet'), import('hyparquet-compressors')])
}

async function readRange(file: AsyncBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number, library: Library): Promise<unknown[][]> {
  let data: unknown[][] = []
  const onComplete = (read: unknown[][]) => {
    data = read
  }
  await library.parquetRead({ file, metadata, rowStart, rowEnd, compressors: library.compressors, onComplete })
  return data
}

/** What a damaged file claims is not believed. */
function checkSizes({ row_groups: groups, num_rows: rowCount }: FileMetaData): void {
  for (const { total_byte_size: bytes } of groups) if (bytes > MOST_GROUP_BYTES) throw tooLarge(Number(bytes), 'Row groups of Parquet')
  const counted = groups.reduce((sum, group) => sum + group.num_rows, 0n)
  if (counted !== rowCount || rowCount < 0n || groups.some((group) => group.num_rows < 0n)) throw parquetInvalid(undefined)
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
    if (!isWhole || [...paths].some((path) => path === undefined || !expected.has(path))) throw parquetInvalid(undefined)
  }
}

/**
 * A page that claims less than nothing would be read for ever, and one that claims too much takes all memory. These are the bytes
 * that the library reads as well: of columns that lie nowhere it would leave failures that nobody handles.
 */
async function checkPages(file: AsyncBuffer, { row_groups: groups }: FileMetaData): Promise<void> {
  const { parquetHeader } = await import('hyparquet/src/column.js')
  for (const { meta_data: column } of groups.flatMap(({ columns }) => columns)) {
    if (!column) throw parquetInvalid(undefined)
    const { dictionary_page_offset: dictionary, data_page_offset: first, total_compressed_size: size, num_values: values } = column
    const start = Number(dictionary || first)
    if (size < 0n || values < 0n || values > MOST_VALUES) throw parquetInvalid(undefined)
    const reader = { view: new DataView(await file.slice(start, start + Number(size))), offset: 0 }
    while (reader.offset < reader.view.byteLength - 1) {
      const { compressed_page_size: packed, uncompressed_page_size: unpacked, ...page } = parquetHeader(reader)
      const counts = [page.data_page_header?.num_values, page.data_page_header_v2?.num_values, page.dictionary_page_header?.num_values]
      const isSound = packed >= 0 && unpacked >= 0 && unpacked <= MOST_GROUP_BYTES && counts.every((count = 0) => count >= 0 && count <= Number(values))
      if (!isSound) throw parquetInvalid(undefined)
      reader.offset += packed
    }
  }
}

function leaves({ children, path }: SchemaTree): string[] {
  return children.length === 0 ? [path.join('.')] : children.flatMap(leaves)
}

export function parquetInvalid(cause: unknown): HomespunError {
  return new HomespunError('parquet-invalid', 'The Parquet file cannot be read: it is damaged, or written in a way that is not known here.', {
    fix: 'Write it anew, or save it as JSONL or CSV.', cause,
  })
}
