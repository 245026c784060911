/** Reads Parquet in a worker of its own, which is ended when it takes too long: a damaged file can keep the library busy for ever. */
import { wrap, type Endpoint, type Remote } from 'comlink'
import { fetchParquet, parquetGroups, parquetInvalid } from '../data/read/parquet-groups.ts'
import type { ParquetGroup, ReadParquet } from '../data/types.ts'

const PATIENCE_MS = 60_000

/** A started worker that serves a `ParquetService`. */
export interface Helper {
  endpoint: Endpoint
  end(): void
}

/** What the worker serves; one file at a time. */
export class ParquetService {
  #groups: AsyncGenerator<ParquetGroup> | undefined

  /** Resolves when the library is there. */
  async prepare(): Promise<void> {
    await fetchParquet()
  }

  async open(blob: Blob): Promise<void> {
    this.#groups = parquetGroups(blob)
  }

  /** The next row group; nothing after the last. Throws what `parquetGroups` throws. */
  async next(): Promise<ParquetGroup | undefined> {
    const step = await this.#groups!.next()
    return step.done === true ? undefined : step.value
  }
}

/** Keeps one worker, made ready beforehand, and starts another where it had to be ended. */
export class ParquetApart {
  readonly #start: () => Helper
  readonly #patienceMs: number
  #current: { remote: Remote<ParquetService>; ready: Promise<void>; helper: Helper } | undefined

  /** `patienceMs`: the longest that one row group may take. */
  constructor(start: () => Helper, patienceMs = PATIENCE_MS) {
    this.#start = start
    this.#patienceMs = patienceMs
  }

  /** Starts the worker and waits until it has all that it needs. */
  async prepare(): Promise<void> {
    await this.#helper().ready
  }

  /** Throws what `parquetGroups` throws, 'parquet-invalid' where a row group takes too long, and what the signal was aborted with. */
  readonly read: ReadParquet = (blob, signal) => this.#read(blob, signal)

  async *#read(blob: Blob, signal?: AbortSignal): AsyncGenerator<ParquetGroup> {
    const { remote, ready } = this.#helper()
    await ready
    await remote.open(blob)
    for (;;) {
      signal?.throwIfAborted()
      const group = await this.#within(remote.next(), signal)
      if (!group) return
      yield group
    }
  }

  #helper() {
    return (this.#current ??= this.#begin())
  }

  #begin() {
    const helper = this.#start()
    const remote = wrap<ParquetService>(helper.endpoint)
    return { remote, ready: remote.prepare(), helper }
  }

  /** Ends the worker; another is started when one is wanted. */
  end(): void {
    this.#current?.helper.end()
    this.#current = undefined
  }

  /** What is waited for; where that takes too long, or is wanted no more, the worker is ended. */
  #within<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (reason: Error) => {
        this.end()
        reject(reason)
      }
      const onAbort = () => stop(signal?.reason as Error)
      const onTimeout = () => stop(parquetInvalid(new Error(`no row group within ${this.#patienceMs} ms`)))
      const timer = setTimeout(onTimeout, this.#patienceMs)
      signal?.addEventListener('abort', onAbort)
      answer.then(resolve, reject).finally(() => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      })
    })
  }
}
