/** Measured speed and time left. Robust to sleep: a gap that no step explains is not counted. */

const WINDOW = 30
/** A step this many times longer than usual, and longer than GAP_SECONDS, was a frozen tab or a sleeping machine. */
const GAP_FACTOR = 10
const GAP_SECONDS = 5
const MEASURED_BEFORE_ESTIMATE = 3

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[sorted.length >> 1] ?? 0
}

/** `clock` gives seconds on a clock that never goes back. */
export class Speedometer {
  readonly #clock: () => number
  #mark: number | undefined
  #steps: { seconds: number; tokens: number }[] = []
  #evaluationSeconds = 0
  /** Seconds spent in steps and evaluations: pauses and sleep are left out. */
  activeSeconds: number

  constructor(clock: () => number, activeSeconds = 0) {
    this.#clock = clock
    this.activeSeconds = activeSeconds
  }

  /** Marks the begin of measured work, where none is going on. */
  begin(): void {
    this.#mark ??= this.#clock()
  }

  /** Ends measured work: what follows (a pause, a save) is not counted. */
  rest(): void {
    this.#mark = undefined
  }

  /** A step has come back. Steps in flight overlap, so the time between two of them is what one takes. */
  stepDone(tokens: number): void {
    const seconds = this.#lap()
    if (seconds === undefined) return
    this.activeSeconds += seconds
    this.#steps.push({ seconds, tokens })
    if (this.#steps.length > WINDOW) this.#steps.shift()
  }

  /** An evaluation that began with `begin` is over. */
  evaluationDone(): void {
    const seconds = this.#clock() - (this.#mark ?? this.#clock())
    this.#mark = undefined
    const usual = Math.max(this.#evaluationSeconds, GAP_SECONDS)
    if (!(seconds > 0) || (this.#evaluationSeconds > 0 && seconds > GAP_FACTOR * usual)) return
    this.#evaluationSeconds = seconds
    this.activeSeconds += seconds
  }

  /** Seconds since the mark; undefined where they say nothing about a step. */
  #lap(): number | undefined {
    const now = this.#clock()
    const seconds = now - (this.#mark ?? now)
    this.#mark = now
    return seconds > 0 && !this.#isGap(seconds) ? seconds : undefined
  }

  #isGap(seconds: number): boolean {
    if (this.#steps.length < MEASURED_BEFORE_ESTIMATE || seconds <= GAP_SECONDS) return false
    return seconds > GAP_FACTOR * this.#usualSeconds()
  }

  #usualSeconds(): number {
    return median(this.#steps.map((step) => step.seconds))
  }

  /** Tokens a second over the last steps; 0 until one has been measured. */
  get tokensPerSecond(): number {
    const counted = this.#steps.filter((step) => !this.#isGap(step.seconds))
    const seconds = counted.reduce((sum, step) => sum + step.seconds, 0)
    return seconds > 0 ? counted.reduce((sum, step) => sum + step.tokens, 0) / seconds : 0
  }

  /** Seconds for what is left; undefined until three steps have been measured. */
  secondsLeft(steps: number, evaluations: number): number | undefined {
    if (this.#steps.length < MEASURED_BEFORE_ESTIMATE) return undefined
    return steps * this.#usualSeconds() + evaluations * this.#evaluationSeconds
  }
}
