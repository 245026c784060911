/** Which checkpoints of a run stay: the last few, and a thinner row of earlier ones. */

/** A checkpoint that is kept, without its weights. */
export interface KeptCheckpoint {
  /** What its records are kept under; later ones come later. */
  sequence: string
  step: number
  bytes: number
}

/** What went wrong just now is taken back from these, and a damaged one has predecessors. */
const RECENT = 3
/** With the earlier ones, far enough apart to reach back before a run began to learn by heart. */
const MOST = 10
/** At rank 16 ten of a model with 135M parameters. Beyond it, two stay: the last, and one for where that is damaged. */
const MOST_BYTES = 512 * 2 ** 20
const LEAST = 2

/** Those that stay, in order; the ones nearest to their neighbours go first, so that the rest is spread over the run. */
export function thinned(kept: readonly KeptCheckpoint[]): KeptCheckpoint[] {
  const stay = [...kept]
  while (stay.length > MOST || (stay.length > LEAST && bytesOf(stay) > MOST_BYTES)) stay.splice(closest(stay), 1)
  return stay
}

function bytesOf(kept: readonly KeptCheckpoint[]): number {
  return kept.reduce((sum, { bytes }) => sum + bytes, 0)
}

function closest(kept: readonly KeptCheckpoint[]): number {
  const gaps = kept.slice(0, -RECENT).map((_, at) => (kept[at + 1]?.step ?? 0) - (kept[at - 1]?.step ?? 0))
  return Math.max(0, gaps.indexOf(Math.min(...gaps)))
}
