/** The clock that downloads wait by; tests have one of their own. */
export interface Timing {
  /** Seconds on a clock that never goes back. */
  now(): number
  /** Rejects when the signal aborts. */
  wait(seconds: number, signal: AbortSignal): Promise<void>
}

export const realTiming: Timing = {
  now: () => performance.now() / 1000,
  wait: (seconds, signal) =>
    new Promise((resolve, reject) => {
      const done = () => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      const timer = setTimeout(done, seconds * 1000)
      const stop = () => {
        clearTimeout(timer)
        reject(signal.reason as Error)
      }
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    }),
}
