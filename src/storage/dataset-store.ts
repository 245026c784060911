/** The files of datasets, so that a run can go on after its tab was closed. Kept under their hash, once each. */
import type { Records } from './records.ts'

export class DatasetStore {
  readonly #records: Records

  constructor(records: Records) {
    this.#records = records
  }

  /** Keeps a file's bytes under their SHA-256. Discarding the last run that needs it removes it. */
  async put(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if ((await this.#records.keys('dataset', hash)).length === 0) await this.#records.change([[['dataset', hash], bytes]])
  }

  /** Undefined where it is not kept. */
  async get(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#records.read(['dataset', hash])
  }
}
