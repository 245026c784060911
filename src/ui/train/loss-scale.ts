/** The chart's data and scale: both chosen so that nothing already drawn moves while new points come in. */
import type { LossPoint } from '../../state/curves.svelte.ts'

type Column = (number | null)[]

/** Both curves over one list of steps, as uPlot takes them; a step that only one of them has is null in the other. */
export function alignCurves(training: readonly LossPoint[], validation: readonly LossPoint[]): [number[], Column, Column] {
  const steps: number[] = []
  const trained: Column = []
  const unseen: Column = []
  let t = 0
  let v = 0
  while (t < training.length || v < validation.length) {
    const nextTraining = training[t]?.[0] ?? Infinity
    const nextValidation = validation[v]?.[0] ?? Infinity
    const step = Math.min(nextTraining, nextValidation)
    steps.push(step)
    trained.push(nextTraining === step ? (training[t++]?.[1] ?? null) : null)
    unseen.push(nextValidation === step ? (validation[v++]?.[1] ?? null) : null)
  }
  return [steps, trained, unseen]
}

/** The least of 1, 2, 3, 4, 5, 6, 8 times a power of ten that holds every loss: it changes rarely, and only upwards. */
export function niceCeiling(most: number): number {
  if (!(most > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  const factor = [1, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= most) ?? 10
  return factor * power
}
