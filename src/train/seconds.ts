/** How long a run will take, from what its parts took where they were measured. */

/** A run's time that looking in may take, beside the first look and the last. */
export const SHARE_OF_LOOKING = 0.1

/** Seconds of a run's parts. */
export interface PartSeconds {
  /** Until the first step can begin. */
  prepare: number
  step: number
  /** All that is set aside, once. */
  evaluation: number
  checkpoint: number
  /** The first look, which measures the base too, and each further one. */
  firstLook: number
  look: number
}

export interface Course {
  steps: number
  evaluateEvery: number
  checkpointEvery: number
}

/** Seconds of the whole run, gone through as `runTraining` will: looks on the way are left out where they have had their share. */
export function secondsOfRun({ prepare, step, evaluation, checkpoint, firstLook, look }: PartSeconds, { steps, evaluateEvery, checkpointEvery }: Course): number {
  const saved = checkpoint * Math.floor((steps - 1) / checkpointEvery)
  let elapsed = evaluation + firstLook
  let looked = firstLook
  for (let at = 0; at < steps; at += evaluateEvery) {
    elapsed += step * Math.min(evaluateEvery, steps - at) + evaluation
    const isLast = at + evaluateEvery >= steps
    if (!isLast && looked > SHARE_OF_LOOKING * elapsed) continue
    elapsed += look
    looked += look
  }
  return prepare + elapsed + saved
}
