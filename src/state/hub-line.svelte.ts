/** Owns the hub worker: made when a hub is first asked, ended before a model is opened, and every request it made counted. */
import type { HubService } from '../service/hub-types.ts'
import type { HubConnection } from './connection.ts'
import type { Trouble } from './trouble.ts'

interface OpenLine {
  connection: HubConnection
  /** Never resolves: fails when the worker crashes or is ended, so that nothing waits for its answers (F98). */
  over: Promise<never>
  giveUp: (reason: Trouble | undefined) => void
}

export class HubLine {
  /** Addresses that this page's hub workers have requested, those that have ended included. */
  requests = $state.raw<string[]>([])
  #before: string[] = []
  #open: OpenLine | undefined
  #connect: () => HubConnection

  constructor(connect: () => HubConnection) {
    this.#connect = connect
  }

  /** Work of the hub worker. Fails with what it throws, with a `Trouble` when it crashes, with undefined when it is ended. */
  async use<T>(work: (service: HubService) => Promise<T>): Promise<T> {
    const line = (this.#open ??= this.#start())
    return Promise.race([work(line.connection.service), line.over])
  }

  /** Counts anew; whoever shows the count asks. */
  async refresh(): Promise<void> {
    const line = this.#open
    if (!line) return
    try {
      const made = await Promise.race([line.connection.service.requestsMade(), line.over])
      if (line === this.#open) this.requests = [...this.#before, ...made]
    } catch {
      // It ended meanwhile: the last count stands.
    }
  }

  /** After this no other server can be reached, until a hub is asked again. */
  async end(): Promise<void> {
    const line = this.#open
    if (!line) return
    await this.refresh()
    if (line === this.#open) this.#close(undefined)
  }

  #start(): OpenLine {
    const connection = this.#connect()
    let giveUp: OpenLine['giveUp'] = () => undefined
    const over = new Promise<never>((_, reject) => (giveUp = reject))
    over.catch(() => undefined)
    connection.onCrash((what) => this.#close(what))
    return { connection, over, giveUp }
  }

  #close(reason: Trouble | undefined) {
    const line = this.#open
    this.#open = undefined
    this.#before = this.requests
    line?.connection.end()
    line?.giveUp(reason)
  }
}
