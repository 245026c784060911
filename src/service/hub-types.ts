/**
 * The typed service that the hub worker exposes to the page (over Comlink): the only part of the page that may reach another
 * server, and only while no model is open. What crosses is plain data; a failure crosses as a HomespunError.
 */
import type { DownloadProgress, FoundModel, HubDescription, HubModel } from '../hub/types.ts'

export type { CachedModel, DownloadProgress, FoundModel, HubDescription, HubModel } from '../hub/types.ts'

export interface HubAddress {
  /** "https://huggingface.co", a mirror, a school's server. */
  hub: string
  token: string | undefined
}

export interface HubService {
  /** Models of these words, most downloaded first. Throws 'hub-…'. */
  search(at: HubAddress, words: string): Promise<FoundModel[]>
  /** What a model is made of, at the commit that its revision means now. Throws 'hub-…', 'model-…', 'tokenizer-missing'. */
  describe(at: HubAddress, repo: string, revision: string): Promise<HubDescription>
  /**
   * Downloads what is missing of a model, `atOnce` files at a time, and gives its id in the cache. One at a time.
   * Throws 'download-paused' and what `downloadModel` throws.
   */
  download(at: HubAddress, model: HubModel, atOnce: number, onProgress: (progress: DownloadProgress) => void): Promise<string>
  /** Ends the download; what has come is kept. */
  pause(): Promise<void>
  /** Addresses this worker has requested since it started. */
  requestsMade(): Promise<string[]>
}
