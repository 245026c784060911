/** A run's events as lines for the person, and as they are with --json. */
import type { TrainingEvent } from '../../train/types.ts'
import { durationText, type Output } from '../output.ts'

/** Where output is no terminal, about so many steps of a run are told. */
const STEPS_TOLD = 50

export function tellEvent(event: TrainingEvent, output: Output): void {
  output.result(event)
  switch (event.kind) {
    case 'started':
      return tellStart(event, output)
    case 'step':
      return tellStep(event, output)
    case 'evaluation':
      return output.note(`step ${event.step}: validation loss ${event.loss.toFixed(4)}`)
    case 'rate':
      return output.note(`step ${event.step}: learning rate from ${event.from} to ${event.to}`)
    case 'warning':
      return output.note(event.message)
    case 'checkpoint':
    case 'probes':
    case 'weights':
    case 'rows':
    case 'divergence':
    case 'rewound':
    case 'paused':
    case 'resumed':
      return
  }
}

function tellStart({ fromStep, steps, rateChanges }: Extract<TrainingEvent, { kind: 'started' }>, output: Output): void {
  output.note(fromStep > 0 ? `Going on at step ${fromStep} of ${steps}.` : `Training for ${steps} steps.`)
  const change = rateChanges.at(-1)
  if (change) output.note(`The learning rate was changed at step ${change.step}, from ${change.from} to ${change.to}.`)
}

function tellStep(event: Extract<TrainingEvent, { kind: 'step' }>, output: Output): void {
  const { step, steps, loss, gradientNorm, tokensPerSecond, secondsLeft } = event
  const left = secondsLeft === undefined ? '' : `, ${durationText(secondsLeft)} left`
  const line = `loss ${loss.toFixed(4)}, |gradient| ${gradientNorm.toFixed(3)}, ${Math.round(tokensPerSecond)} tokens/s${left}`
  const told = step === 1 || step === steps || step % Math.max(1, Math.round(steps / STEPS_TOLD)) === 0
  output.progress(step, steps, line)
  if (told && !process.stderr.isTTY) output.note(`step ${step} of ${steps}: ${line}`)
}
