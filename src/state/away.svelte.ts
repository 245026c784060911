/**
 * A run while the person looks elsewhere: what the tab's title says, whether the screen stays on, who tells when it is done,
 * and whether the browser held the hidden tab, and the run with it (F94).
 */
import { Notify } from './notify.svelte.ts'
import { Screen } from './screen.svelte.ts'
import type { Training } from './training.svelte.ts'

/** Without a step for so long, and for many times the usual one, a hidden tab was held. */
const HELD_SECONDS = 30
const HELD_STEPS = 20

export class Away {
  readonly screen = new Screen()
  readonly notify = new Notify()
  /** How long the browser held the run when the tab was last hidden. */
  heldSeconds = $state<number>()
  #training: Training
  #frozen = $state(false)
  /** What ended while nobody looked. */
  #ended = $state<string>()
  #wasHidden = false
  #lastStep: number | undefined
  #usual = 0

  constructor(training: Training) {
    this.#training = training
  }

  /** In place of the room's own title. */
  readonly title = $derived.by(() => {
    const { active, phase, last, fromStep, steps } = this.#training
    if (!active) return this.#ended
    const share = `${steps > 0 ? Math.floor((100 * (last?.step ?? fromStep)) / steps) : 0} %`
    if (this.#frozen) return `Held at ${share}`
    return phase === 'paused' || phase === 'pausing' ? `Paused at ${share}` : share
  })

  /** To be called whenever the run's phase has changed. */
  follow(): void {
    const { busy, phase, outcome, title } = this.#training
    this.screen.need(busy)
    if (phase === 'starting') {
      this.heldSeconds = undefined
      this.#ended = undefined
    }
    if (!busy) this.#lastStep = undefined
    if (phase !== 'ended' || document.visibilityState === 'visible' || this.#ended) return
    this.#ended = `${outcome ? 'Done' : 'Stopped'} · ${title}`
    this.notify.tell(outcome ? `“${title}” is kept` : `“${title}” has stopped`, outcome ? `${outcome.steps} steps. It can be tried now.` : 'The page says why.')
  }

  /** A step was done at `seconds`, by a clock that goes on while a tab is held. */
  stepDone(seconds: number): void {
    const gap = this.#lastStep === undefined ? 0 : seconds - this.#lastStep
    if (this.#wasHidden && gap > Math.max(HELD_SECONDS, HELD_STEPS * this.#usual)) this.heldSeconds = gap
    else this.#usual = Math.max(this.#usual, gap)
    this.#lastStep = seconds
    this.#wasHidden = document.visibilityState === 'hidden'
  }

  seen(): void {
    if (document.visibilityState === 'hidden') this.#wasHidden = true
    else this.#ended = undefined
  }

  /** The browser holds the tab, or lets it go on. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen && this.#training.busy
    if (frozen) this.#wasHidden = true
  }
}
