/** The person's hand on a run: pause, resume and stop take effect at the next step boundary. */

export class RunControl {
  #paused = false
  #stopped = false
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

  resume(): void {
    this.#paused = false
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
