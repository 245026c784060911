/**
 * Counts the requests this page and its worker make, from what the browser itself records (PerformanceObserver).
 * A measured number: JavaScript cannot count bytes, but it can list every request.
 */
import type { Engine } from './engine.svelte.ts'

const everySeconds = 5

function isRequest(address: string): boolean {
  return address.startsWith('http:') || address.startsWith('https:')
}

export class Privacy {
  #page = $state.raw<string[]>([])
  #worker = $state.raw<string[]>([])
  /** How many of each had been made when the model was loaded. */
  #baseline = $state.raw<{ page: number; worker: number }>()
  /** Every request since the model was loaded, by address. */
  readonly since = $derived(
    this.#baseline ? [...this.#page.slice(this.#baseline.page), ...this.#worker.slice(this.#baseline.worker)] : undefined
  )
  /** Requests to any other server since the page was opened. */
  readonly elsewhere = $derived(
    [...this.#page, ...this.#worker].filter((address) => new URL(address).origin !== window.location.origin)
  )
  readonly total = $derived(this.#page.length + this.#worker.length)
  #engine: Engine
  #observer: PerformanceObserver

  constructor(engine: Engine) {
    this.#engine = engine
    this.#observer = new PerformanceObserver((list) => this.#add(list.getEntries()))
    this.#observer.observe({ type: 'resource', buffered: true })
    setInterval(() => void this.refresh(), everySeconds * 1000)
  }

  /** Begins the count anew: from here on nothing more should be fetched. */
  async markModelLoaded(): Promise<void> {
    await this.refresh()
    this.#baseline = { page: this.#page.length, worker: this.#worker.length }
  }

  async refresh(): Promise<void> {
    this.#add(this.#observer.takeRecords())
    if (this.#engine.status !== 'ready' || document.hidden) return
    try {
      this.#worker = (await this.#engine.service.requestsMade()).filter(isRequest)
    } catch {
      // A worker that cannot answer is reported where it failed; the last count stands.
    }
  }

  #add(entries: PerformanceEntryList) {
    const added = entries.map((entry) => entry.name).filter(isRequest)
    if (added.length > 0) this.#page = [...this.#page, ...added]
  }
}
