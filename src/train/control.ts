/** The person's hand on a run: pause, resume, one step and stop take effect at the next step boundary. */

import type { RunState } from './state.ts'

/** What a paused run is told to change before it goes on: the peak of its schedule, or where it stands. */
export type PauseOrder = { kind: 'rate'; learningRate: number } | { kind: 'rewind'; state: RunState }

export class RunControl {
  #paused = false
  #stopped = false
  #once = false
  #order: PauseOrder | undefined
  #wake: (() => void) | undefined

  get paused(): boolean {
    return this.#paused
  }

  get stopped(): boolean {
    return this.#stopped
  }

  pause(): void {
    if (!this.#stopped) this.#paused = true
  }

  /** From a pause: one step, and the pause again. */
  stepOnce(): void {
    if (!this.#paused) return
    this.resume()
    this.#once = true
  }

  /** From a pause, which goes on afterwards; nothing where the run does not wait. */
  order(order: PauseOrder): void {
    if (!this.#paused) return
    this.#order = order
    this.#wake?.()
  }

  /** The run has begun a step. True where it was the one that was asked for. */
  stepBegun(): boolean {
    const once = this.#once
    this.#once = false
    if (once) this.pause()
    return once
  }

  resume(): void {
    this.#paused = false
    this.#once = false
    this.#wake?.()
  }

  /** Ends the run, also one that is paused. */
  stop(): void {
    this.#stopped = true
    this.resume()
  }

  /** Settles when the run may go on, has been stopped, or is to change something: then with that. */
  async whenOrdered(): Promise<PauseOrder | undefined> {
    if (this.#paused && !this.#order) await new Promise<void>((resolve) => (this.#wake = resolve))
    const order = this.#order
    this.#order = undefined
    return order
  }
}
