/** How large a table a sheet claims to be: every cell up to its last one is made when it is read, whether something stands in it or not. */
import { strFromU8 } from 'fflate'
import { HomespunError } from '../../errors.ts'

/** As large as Excel's sheets get. */
const MOST_COLUMNS = 16_384
const MOST_ROWS = 1_048_576
const MOST_CELLS = 20_000_000

/** The place that a cell or a row names for itself; of no other element, since themes and charts have an `r` too. */
const PLACES = /<(?:\w+:)?(?:c|row)\s(?:[^>]*?\s)?r=["']([^"']*)["']/g

/** Throws 'file-too-large' where there would be more than 20 million cells, and a RangeError at a place that no sheet has. */
export function checkSheetSize(xml: Uint8Array): void {
  let [columns, rows] = [0, 0]
  for (const [, place = ''] of strFromU8(xml, true).matchAll(PLACES)) {
    const [, letters, digits] = /^([A-Z]{0,3})(\d{1,7})$/.exec(place) ?? []
    if (letters === undefined) throw new RangeError(`No sheet has a place "${place.slice(0, 20)}".`)
    columns = Math.max(columns, numberOf(letters))
    rows = Math.max(rows, Number(digits))
  }
  if (columns > MOST_COLUMNS || rows > MOST_ROWS) throw new RangeError(`No sheet has ${columns} columns and ${rows} rows.`)
  if (columns * rows <= MOST_CELLS) return
  throw new HomespunError('file-too-large', `The sheet reaches over ${rows} rows and ${columns} columns, most of them empty.`, {
    fix: 'Delete what stands far from the table, or save the table as CSV.',
  })
}

/** A is 1, Z 26, AA 27. */
function numberOf(letters: string): number {
  let number = 0
  for (let at = 0; at < letters.length; at++) number = 26 * number + letters.charCodeAt(at) - 64
  return number
}
