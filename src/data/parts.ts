/** The libraries that reading and checking load when they are first wanted. */
import { languageDetector } from './check/language-detector.ts'

/** Fetches them all. What cannot be fetched now is fetched when it is wanted, or says then why not. */
export async function fetchDataParts(): Promise<void> {
  const readers = [import('read-excel-file/universal'), import('hyparquet'), import('hyparquet-compressors')]
  await Promise.allSettled([languageDetector(), ...readers])
}
