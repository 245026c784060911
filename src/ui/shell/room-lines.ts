/** What each room holds now, in a line for the rail. */
import { formatCompact, formatCount, formatPlural } from '../../state/format.ts'
import type { Room } from '../../state/navigation.svelte.ts'
import type { Workshop } from '../../state/workshop.svelte.ts'

interface RoomLine {
  name: string
  line: string
  done: boolean
}

function modelLine({ model }: Workshop): string {
  if (model.status === 'loading') return 'being read'
  return model.summary ? `${model.summary.identity.name}, ${formatCompact(model.summary.parameters)} parameters` : 'none yet'
}

function dataLine({ dataset }: Workshop): string {
  const summary = dataset.summary
  if (!summary) return dataset.status === 'reading' ? 'being read' : 'no pairs yet'
  return `${formatPlural(summary.examples, 'pair')}, ${formatCount(summary.validation)} kept aside`
}

function trainLine({ training, model, dataset, canTrain }: Workshop): string {
  const at = `step ${formatCount(training.last?.step ?? training.fromStep)} of ${formatCount(training.steps)}`
  switch (training.phase) {
    case 'starting':
      return 'getting ready'
    case 'running':
      return at
    case 'pausing':
    case 'paused':
      return `paused at ${at}`
    case 'stopping':
      return `stopping at ${at}`
    case 'ended':
      return !training.outcome ? 'ended with a problem' : training.outcome.unsaved ? 'done, not stored' : `done, ${formatPlural(training.outcome.steps, 'step')}`
    case 'setup':
      if (training.unfinished.length > 0) return formatPlural(training.unfinished.length, 'unfinished run')
      if (!canTrain) return model.summary && dataset.summary ? 'nothing to learn yet' : 'waits for a model and pairs'
      return training.outcome ? 'ready for another run' : 'ready to start'
  }
}

function tryLine({ model, trial }: Workshop): string {
  if (!model.summary) return 'waits for a model'
  return trial.adapterId ? 'base and tuned, side by side' : 'the base alone, so far'
}

/** A room is done when what it is for is there: an open model, read pairs, a finished run, a tuned answer, a kept adapter. */
export function describeRooms(workshop: Workshop): Record<Room, RoomLine> {
  const adapters = workshop.shelf.adapters.length
  return {
    model: { name: 'Model', line: modelLine(workshop), done: workshop.model.status === 'ready' },
    data: { name: 'Data', line: dataLine(workshop), done: workshop.dataset.status === 'ready' },
    train: {
      name: 'Train',
      line: trainLine(workshop),
      done: workshop.training.outcome !== undefined && !workshop.training.active,
    },
    try: { name: 'Try', line: tryLine(workshop), done: workshop.trial.heard.includes(workshop.trial.adapterId ?? '') },
    keep: { name: 'Keep', line: adapters === 0 ? 'no adapters yet' : formatPlural(adapters, 'adapter'), done: adapters > 0 },
  }
}
