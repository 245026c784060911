/** How long a run will take, told before it begins. */
import { StepTimes, type PlannedRun } from '../../service/step-times.ts'
import { durationText, type Output } from '../output.ts'

/** Measures a few of the run's own steps, whose adapter is thrown away, where that takes a few seconds; else the run's first steps tell. */
export async function foretell(run: PlannedRun, output: Output): Promise<void> {
  const times = new StepTimes(() => performance.now() / 1000)
  if (!times.isQuick(run)) return output.note('Its steps are long: how long it takes is told once the first are done.')
  output.status('measuring a few steps')
  await times.measure(run, () => false)
  const expected = times.expected(run)
  if (!expected) return
  const { total, steps } = expected
  output.result({ kind: 'foretold', seconds: total, measuredSteps: steps })
  output.note(`It will take about ${durationText(total)}, as ${steps} of its steps measured here say.`)
}
