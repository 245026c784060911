/** Files of data that were dropped where something is open, or beside the one that was opened: what becomes of them is asked. */
import type { AppendRequest } from '../service/types.ts'

/** What they may be done with. */
interface Receiver {
  open: (file: File) => Promise<void>
  append: (file: File, request: AppendRequest) => Promise<void>
  readonly failure: unknown
}

const DATA = /\.(?:jsonl|ndjson|json|csv|tsv|tab|xlsx|parquet|txt|md)$/i

export class DroppedData {
  files = $state.raw<readonly File[]>([])
  #receiver: Receiver

  constructor(receiver: Receiver) {
    this.#receiver = receiver
  }

  /** Of files that cannot be data nothing is asked. */
  offer(files: readonly File[]): void {
    this.files = files.filter(({ name }) => DATA.test(name))
  }

  leave(): void {
    this.files = []
  }

  /** Opens the first in place of what is open; the others go on waiting. */
  async open(): Promise<void> {
    const [first, ...others] = this.files
    if (!first) return
    this.files = others
    await this.#receiver.open(first)
  }

  /** Adds the rows of one after another. Where one is refused, or a question about it comes, the others go on waiting. */
  async add(): Promise<void> {
    for (let [first, ...others] = this.files; first; [first, ...others] = this.files) {
      this.files = others
      await this.#receiver.append(first, {})
      if (this.#receiver.failure) return
    }
  }
}
