/** Lists that one bad record cannot spoil. */
import { HomespunError } from '../errors.ts'
import type { RecordKey } from './records.ts'
import type { Listing } from './types.ts'

/** Problems of single records are collected; whatever concerns the whole storage is thrown. */
const OF_ONE_RECORD = ['storage-damaged', 'storage-newer']

/** Reads the record of every key. One that has gone in the meantime is left out. */
export async function listEach<Entry>(
  keys: readonly RecordKey[], read: (key: RecordKey) => Promise<Entry | undefined>,
): Promise<Listing<Entry>> {
  const listing: Listing<Entry> = { entries: [], problems: [] }
  for (const key of keys) {
    try {
      const entry = await read(key)
      if (entry) listing.entries.push(entry)
    } catch (error) {
      if (!(error instanceof HomespunError) || !OF_ONE_RECORD.includes(error.code)) throw error
      listing.problems.push(error)
    }
  }
  return listing
}
