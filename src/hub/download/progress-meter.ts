/** How far a download of several files is, how fast it goes, and what is left. */
import type { DownloadProgress } from '../types.ts'
import type { Timing } from './timing.ts'

/** Speed is that of the last seconds; fewer than the second figure say nothing. */
const windowSeconds = 8
const leastSeconds = 1
/** Progress is told no oftener. */
const pauseSeconds = 0.2

export class ProgressMeter {
  readonly #totalBytes: number
  readonly #timing: Timing
  readonly #tell: (progress: DownloadProgress) => void
  /** Bytes that had come by the network at these times. */
  #samples: { at: number; bytes: number }[]
  #bytes = 0
  #received = 0
  #toldAt = -Infinity

  constructor(totalBytes: number, timing: Timing, tell: (progress: DownloadProgress) => void) {
    this.#totalBytes = totalBytes
    this.#timing = timing
    this.#tell = tell
    this.#samples = [{ at: timing.now(), bytes: 0 }]
  }

  add(phase: DownloadProgress['phase'], bytes: number): void {
    this.#bytes += bytes
    if (phase === 'downloading' && bytes > 0) this.#received += bytes
    const now = this.#timing.now()
    if (now - this.#toldAt < pauseSeconds && this.#bytes < this.#totalBytes) return
    this.#toldAt = now
    this.#samples = [...this.#samples.filter(({ at }) => now - at <= windowSeconds), { at: now, bytes: this.#received }]
    const speed = this.#speed(now)
    this.#tell({
      phase,
      bytes: this.#bytes,
      totalBytes: this.#totalBytes,
      bytesPerSecond: speed,
      secondsLeft: speed ? (this.#totalBytes - this.#bytes) / speed : undefined,
    })
  }

  #speed(now: number): number | undefined {
    const [first] = this.#samples
    if (!first || now - first.at < leastSeconds) return undefined
    return (this.#received - first.bytes) / (now - first.at)
  }
}
