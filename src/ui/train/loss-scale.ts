/** The chart's data and scales: all chosen so that what is already drawn of the whole run never moves while new points come in. */
import type { LossPoint } from '../../state/curves.svelte.ts'

type Column = (number | null)[]

/** A part of the run's steps that is looked at. */
export type Stretch = readonly [from: number, to: number]

/** The smoothed curve is a mean over about this share of the whole run, and over no more steps than `LONGEST_MEAN`. */
const MEAN_SHARE = 1 / 40
const LONGEST_MEAN = 25

/**
 * The exponential moving average, freed of its beginning at nothing (as TensorBoard draws it and Adam corrects its moments). Of a
 * short run hardly smoothed: a mean over many of few steps would lag far behind what is true.
 */
export function smoothed(points: readonly LossPoint[], steps: number): LossPoint[] {
  const memory = 1 - 1 / Math.min(LONGEST_MEAN, Math.max(1, steps * MEAN_SHARE))
  let sum = 0
  let weight = 0
  return points.map(([step, loss]) => {
    sum = memory * sum + (1 - memory) * loss
    weight = memory * weight + (1 - memory)
    return [step, sum / weight]
  })
}

/** At most about `most` of the points, evenly, the last among them. */
export function thinned(points: readonly LossPoint[], most: number): readonly LossPoint[] {
  const every = Math.ceil(points.length / most)
  return every <= 1 ? points : points.filter((_, index) => index % every === 0 || index === points.length - 1)
}

/** Curves over one list of steps, as uPlot takes them; a step that a curve does not have is null there. */
export function alignCurves(curves: readonly (readonly LossPoint[])[]): [number[], ...Column[]] {
  const steps = [...new Set(curves.flatMap((curve) => curve.map(([step]) => step)))].sort((one, two) => one - two)
  const columns = curves.map((curve): Column => {
    const at = new Map(curve)
    return steps.map((step) => at.get(step) ?? null)
  })
  return [steps, ...columns]
}

/** The least of 1, 2, 3, 4, 5, 6, 8 times a power of ten that holds every loss: it changes rarely, and only upwards. */
export function niceCeiling(most: number): number {
  if (!(most > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  const factor = [1, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= most) ?? 10
  return factor * power
}

/** Of the whole run from nothing up to a nice number; of a stretch, what lies in it, with a little room. */
export function lossRange(curves: readonly (readonly LossPoint[])[], stretch: Stretch | undefined): [number, number] {
  let [least, most] = [Infinity, 0]
  for (const curve of curves) {
    for (const [step, loss] of curve) {
      if (stretch && (step < stretch[0] || step > stretch[1])) continue
      least = Math.min(least, loss)
      most = Math.max(most, loss)
    }
  }
  if (!stretch || least > most) return [0, niceCeiling(most)]
  const room = Math.max(0.05 * (most - least), 0.01)
  return [Math.max(0, least - room), most + room]
}
