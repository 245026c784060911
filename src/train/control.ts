/** The person's hand on a run: pause, resume, one step and stop take effect at the next step boundary. */

export class RunControl {
  #paused = false
  #stopped = false
  #once = false
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

  /** Settles when the run may go on, or has been stopped. */
  async whenResumed(): Promise<void> {
    if (!this.#paused) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }
}
