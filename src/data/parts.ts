/** The libraries that reading and checking load when they are first wanted. */
import { languageDetector } from './check/language-detector.ts'
import { fetchParquet } from './read/parquet-groups.ts'

/**
 * Fetches them all. What cannot be fetched now is fetched when it is wanted, or says then why not.
 * `parquet`: makes the reader of Parquet ready, where that runs apart.
 */
export async function fetchDataParts(parquet: () => Promise<unknown> = fetchParquet): Promise<void> {
  await Promise.allSettled([languageDetector(), import('read-excel-file/universal'), parquet()])
}
