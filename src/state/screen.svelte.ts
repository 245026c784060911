/** Keeps the screen on while a run goes on, where the browser can and the person asked for it. */
import { keepChoice, readChoice } from './choice.ts'

const KEY = 'homespun.keep-screen-on'

type Lock = Pick<WakeLockSentinel, 'release'>

export class Screen {
  /** False where the browser has no such lock. */
  readonly possible: boolean
  wanted = $state(false)
  /** The browser said no when it was last asked. */
  refused = $state(false)
  #request: (() => Promise<Lock>) | undefined
  #lock: Lock | undefined
  #needed = false

  constructor(request: (() => Promise<Lock>) | undefined = browserLock()) {
    this.#request = request
    this.possible = request !== undefined
    this.wanted = readChoice(KEY) === 'yes' && this.possible
    // The browser lets go while the page is hidden, and has to be asked anew.
    document.addEventListener('visibilitychange', () => {
      void this.#follow()
    })
  }

  want(wanted: boolean): void {
    this.wanted = wanted
    keepChoice(KEY, wanted ? 'yes' : undefined)
    void this.#follow()
  }

  /** Whether there is something to stay awake for. */
  need(needed: boolean): void {
    this.#needed = needed
    void this.#follow()
  }

  #due(): boolean {
    return this.#needed && this.wanted && document.visibilityState !== 'hidden'
  }

  async #follow(): Promise<void> {
    if (this.#due()) {
      if (this.#lock) return
      // Refused on an empty battery, say: the run goes on all the same.
      const lock = await this.#request?.().catch(() => undefined)
      this.refused = lock === undefined
      if (this.#due() && !this.#lock) this.#lock = lock
      else await lock?.release()
      return
    }
    const lock = this.#lock
    this.#lock = undefined
    await lock?.release()
  }
}

function browserLock(): (() => Promise<Lock>) | undefined {
  const { wakeLock } = navigator as Partial<Pick<Navigator, 'wakeLock'>>
  return wakeLock && (() => wakeLock.request('screen'))
}
