/** XLSX, read by read-excel-file: the first sheet that has something on it. */
import { unzipSync, zipSync } from 'fflate'
import { HomespunError } from '../../errors.ts'
import { cellText } from './columns.ts'
import { tooLarge } from './intake.ts'
import type { Rows } from './rows.ts'
import { checkSheetSize } from './sheet-size.ts'

const MOST_UNPACKED_BYTES = 256 * 2 ** 20

/** Throws 'xlsx-invalid', 'file-empty', 'file-too-large', and what `Rows.header` throws. */
export async function readSpreadsheet(bytes: Uint8Array<ArrayBuffer>, rows: Rows): Promise<void> {
  const sheets = await readSheets(unpacked(bytes))
  const sheet = sheets.find(({ data }) => data.some(hasText))
  if (!sheet) throw new HomespunError('file-empty', 'The spreadsheet is empty.', { fix: 'Write a header and a row for each example.' })
  const others = sheets.filter((other) => other !== sheet && other.data.some(hasText)).map((other) => `"${other.sheet}"`)
  if (others.length > 0) {
    rows.log.whole('note', {
      code: 'more-sheets', message: `Only the sheet "${sheet.sheet}" was read; there is more on ${others.slice(0, 8).join(', ')}.`,
      fix: 'Put what belongs together on one sheet, or save the other as a file of its own.',
    })
  }
  readRows(sheet.data, rows)
}

type Cell = string | number | boolean | Date | null

interface Sheet {
  sheet: string
  data: Cell[][]
}

const hasText = (cells: readonly Cell[]) => cells.some((cell) => cell !== null && cell !== '')

function readRows(data: readonly Cell[][], rows: Rows): void {
  const used = data.flatMap((cells, at) => (hasText(cells) ? [{ cells: cells.map(sheetText), row: at + 1 }] : []))
  const [first] = used
  if (!first) return
  const body = rows.hasHeader ? used.slice(1) : used
  const width = rows.hasHeader ? first.cells.findLastIndex((cell) => cell !== '') + 1 : first.cells.length
  const header = first.cells.slice(0, width)
  rows.header(rows.hasHeader ? header : header.map(() => ''), body.slice(0, 5).map(({ cells }) => cells), header)
  for (const { cells, row } of body) {
    // Cells right of the header stay in the row, which is then reported as ragged.
    const end = Math.max(width, cells.findLastIndex((cell) => cell !== '') + 1)
    rows.cells(Array.from({ length: end }, (_, at) => cells[at] ?? ''), row)
  }
}

/** Truth values as a sheet shows them. */
function sheetText(cell: Cell): string {
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE'
  return cellText(cell) ?? ''
}

async function readSheets(bytes: Uint8Array<ArrayBuffer>): Promise<Sheet[]> {
  const { default: readXlsxFile } = await import('read-excel-file/universal')
  try {
    const sheets = (await readXlsxFile(bytes.buffer, { trim: false })) as unknown as Partial<Sheet>[]
    // A sheet that the workbook lists and the archive lacks has no data.
    return sheets.map(({ sheet = '', data = [] }) => ({ sheet, data }))
  } catch (cause) {
    throw invalid(cause)
  }
}

/**
 * The same archive, its files not compressed: the library unpacks larger ones in workers made of strings, which the page's
 * policy does not admit; and how much there is to unpack is known before it is done.
 */
function unpacked(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let total = 0
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!/\.(xml|rels)$/.test(name)) return false
        total += originalSize
        if (total > MOST_UNPACKED_BYTES) throw tooLarge(total, 'Spreadsheets')
        return true
      },
    })
    for (const file of Object.values(files)) checkSheetSize(file)
    const packed = zipSync(files, { level: 0 })
    return packed.byteLength === packed.buffer.byteLength ? packed : packed.slice()
  } catch (cause) {
    throw cause instanceof HomespunError ? cause : invalid(cause)
  }
}

function invalid(cause: unknown): HomespunError {
  return new HomespunError('xlsx-invalid', 'The spreadsheet cannot be read: its file is damaged, or no XLSX.', {
    fix: 'Open it in a spreadsheet program and save it again as XLSX, or as CSV.', cause,
  })
}
