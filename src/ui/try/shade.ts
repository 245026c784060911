/** How a token is shaded by what tuning did to it. */
import type { InspectedToken } from '../../service/types.ts'

/** Enough colour to be seen, little enough for ink to be read on it. */
const MOST = 28
/** Doublings of the probability at which the shade is fullest. */
const FULL = 6

/** Percent of colour: above 0 where the tuned model finds the token likelier, below where the base does; 0 where nothing is compared. */
export function shadeOf({ base, tuned }: Pick<InspectedToken, 'base' | 'tuned'>): number {
  if (tuned === undefined) return 0
  const doublings = Math.log2(Math.max(tuned, 1e-12) / Math.max(base, 1e-12))
  return MOST * Math.max(-1, Math.min(1, doublings / FULL))
}
