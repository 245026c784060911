/** Measuring by turns: each contestant once a round, so that whatever slows the machine slows all of them. */

export interface Contestant {
  name: string
  /** Memory as its own plan tells it, where it has one. */
  plannedBytes?: number
  /** One unit of work; gives the milliseconds it took. */
  run: () => Promise<number>
  close: () => void
}

export interface Result {
  name: string
  /** Milliseconds. */
  median: number
  /** Half the distance between the quartiles, as a part of the median. */
  spread: number
  rounds: number
  plannedBytes?: number | undefined
}

const at = (sorted: readonly number[], part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN

/** `warmUp` rounds are run and forgotten: first runs compile, allocate and fill caches. */
export async function byTurns(contestants: readonly Contestant[], rounds: number, warmUp = 2, tell: (what: string) => void = () => undefined): Promise<Result[]> {
  const times = new Map(contestants.map(({ name }) => [name, [] as number[]]))
  for (let round = -warmUp; round < rounds; round++) {
    for (const { name, run } of contestants) {
      tell(`${round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`}: ${name}`)
      const milliseconds = await run()
      if (round >= 0) times.get(name)!.push(milliseconds)
    }
  }
  return contestants.map(({ name, plannedBytes }) => {
    const sorted = times.get(name)!.toSorted((a, b) => a - b)
    const median = at(sorted, 0.5)
    return { name, median, spread: (at(sorted, 0.75) - at(sorted, 0.25)) / 2 / median, rounds, plannedBytes }
  })
}

/** Times a piece of work in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
