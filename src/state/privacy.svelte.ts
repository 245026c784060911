/**
 * Counts the requests this page and its workers make, from what the browser itself records (PerformanceObserver).
 * A measured number: JavaScript cannot count bytes, but it can list every request.
 */
import type { Engine } from './engine.svelte.ts'
import type { HubLine } from './hub-line.svelte.ts'

const everySeconds = 5

function isRequest(address: string): boolean {
  return address.startsWith('http:') || address.startsWith('https:')
}

export class Privacy {
  #page = $state.raw<{ address: string; at: number }[]>([])
  #worker = $state.raw<string[]>([])
  /** When the model was loaded, in the page's clock, and how many requests the workers had made by then. */
  #loaded = $state.raw<{ at: number; worker: number; hub: number }>()
  readonly #hub = $derived.by(() => this.#line.requests.filter(isRequest))
  /** Every request since the model was loaded, by address. */
  readonly since = $derived(this.#loaded ? this.#sinceLoaded(this.#loaded) : undefined)
  /** Requests to any other server since the page was opened. */
  readonly elsewhere = $derived(
    [...this.#page.map(({ address }) => address), ...this.#worker, ...this.#hub].filter(
      (address) => new URL(address).origin !== window.location.origin,
    ),
  )
  readonly total = $derived(this.#page.length + this.#worker.length + this.#hub.length)
  #engine: Engine
  #line: HubLine
  #observer: PerformanceObserver

  constructor(engine: Engine, line: HubLine) {
    this.#engine = engine
    this.#line = line
    this.#observer = new PerformanceObserver((list) => this.#add(list.getEntries()))
    this.#observer.observe({ type: 'resource', buffered: true })
    setInterval(() => void this.refresh(), everySeconds * 1000)
  }

  /** Begins the count anew: from here on nothing more should be fetched. */
  async markModelLoaded(): Promise<void> {
    await this.refresh()
    this.#loaded = { at: performance.now(), worker: this.#worker.length, hub: this.#hub.length }
  }

  markModelClosed() {
    this.#loaded = undefined
  }

  async refresh(): Promise<void> {
    this.#add(this.#observer.takeRecords())
    if (this.#engine.status !== 'ready' || document.hidden) return
    await this.#line.refresh()
    try {
      this.#worker = (await this.#engine.service.requestsMade()).filter(isRequest)
    } catch {
      // A worker that cannot answer is reported where it failed; the last count stands.
    }
  }

  /** The browser tells of a request only after it has ended: what counts is when it began. */
  #sinceLoaded({ at, worker, hub }: { at: number; worker: number; hub: number }): string[] {
    const fromPage = this.#page.filter((request) => request.at >= at).map(({ address }) => address)
    return [...fromPage, ...this.#worker.slice(worker), ...this.#hub.slice(hub)]
  }

  #add(entries: PerformanceEntryList) {
    const added = entries
      .map(({ name, startTime }) => ({ address: name, at: startTime }))
      .filter(({ address }) => isRequest(address))
    if (added.length > 0) this.#page = [...this.#page, ...added]
  }
}
