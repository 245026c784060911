/** Small things the page remembers, by name, as JSON. */
import { encodeJson } from '../adapters/json.ts'
import type { Records } from './records.ts'

export class SettingsStore {
  readonly #records: Records

  constructor(records: Records) {
    this.#records = records
  }

  /** Undefined where nothing is remembered; to be checked by whoever asked. */
  async get(name: string): Promise<unknown> {
    return (await this.#records.readJson(['settings', name]))?.value
  }

  /** Throws 'storage-newer' rather than write over what a later version remembers. */
  async set(name: string, value: unknown): Promise<void> {
    await this.#records.read(['settings', name])
    await this.#records.change([[['settings', name], encodeJson({ value })]])
  }
}
