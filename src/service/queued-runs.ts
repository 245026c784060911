/** Runs that wait for the one before them. What each is to do is settled when it is added; held as long as the tab is. */
import { HomespunError } from '../errors.ts'
import type { BareOrder } from './run-orders.ts'
import type { QueuedRun } from './run-types.ts'

export class QueuedRuns {
  readonly #orders = new Map<string, BareOrder>()

  add(order: BareOrder): QueuedRun {
    const { run, name, steps, dataset } = order.description
    this.#orders.set(run, order)
    return { run, name, steps, settings: order.settings, datasetName: dataset.name }
  }

  /** Throws HomespunError 'run-not-found'. */
  take(run: string): BareOrder {
    const order = this.#orders.get(run)
    if (!order) throw new HomespunError('run-not-found', 'This run is not in the list any more.', { fix: 'Add it again.' })
    this.#orders.delete(run)
    return order
  }

  remove(run: string): void {
    this.#orders.delete(run)
  }
}
