/** Lists that one bad record cannot spoil. */
import { HomespunError } from '../errors.ts'
import type { RecordKey } from './records.ts'
import type { Listing } from './types.ts'

/** What concerns the whole storage is thrown; problems of single records are collected. */
const OF_ALL_RECORDS = ['storage-unavailable', 'storage-blocked', 'storage-migration', 'storage-full', 'storage-failed']

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
      if (!(error instanceof HomespunError) || OF_ALL_RECORDS.includes(error.code)) throw error
      listing.problems.push(error)
    }
  }
  return listing
}
