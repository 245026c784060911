/** What a run has told of itself so far: its steps and losses, what it answered, what changed in it. */
import type { RateChange } from '../adapters/types.ts'
import type { TrainingEvent } from '../service/types.ts'
import { Curves } from './curves.svelte.ts'

type StepEvent = Extract<TrainingEvent, { kind: 'step' }>
export type ProbesEvent = Extract<TrainingEvent, { kind: 'probes' }>
export type WeightsEvent = Extract<TrainingEvent, { kind: 'weights' }>
export type RowsEvent = Extract<TrainingEvent, { kind: 'rows' }>
type StartedEvent = Extract<TrainingEvent, { kind: 'started' }>
type RewoundEvent = Extract<TrainingEvent, { kind: 'rewound' }>

export class RunTold {
  /** The run that is on. */
  run = $state<string>()
  /** The last step's event; absent until the first step of this run is done. */
  last = $state.raw<StepEvent>()
  steps = $state(0)
  fromStep = $state(0)
  unseenLoss = $state<number>()
  warnings = $state.raw<string[]>([])
  /** What was answered on the way, in order. */
  heard = $state.raw<readonly ProbesEvent[]>([])
  /** What had changed in the weights, when it was last looked. */
  weights = $state.raw<WeightsEvent>()
  /** Losses of single rows, when they were first measured and last. */
  rows = $state.raw<{ first: RowsEvent; last: RowsEvent }>()
  /** Mean KL to the base, in nats a token, on a passage that has nothing to do with the data. */
  divergence = $state<number>()
  /** The peak of the schedule as it is now, and how it came to be. */
  peak = $state<number>()
  rateChanges = $state.raw<readonly RateChange[]>([])
  /** Counts what is kept of runs, so that lists of it are read anew. */
  kept = $state(0)
  readonly curves = new Curves()

  /** Another run begins; where it goes on, its curves are there already. */
  protected forgetTold() {
    this.last = undefined
    this.warnings = []
    this.heard = []
    this.weights = undefined
    this.rows = undefined
    this.divergence = undefined
    this.peak = undefined
    this.rateChanges = []
    this.fromStep = 0
    if (this.curves.training.length === 0) this.unseenLoss = undefined
  }

  protected take(event: TrainingEvent) {
    switch (event.kind) {
      case 'started':
        this.#started(event)
        break
      case 'step':
        this.last = event
        this.steps = event.steps
        if (Number.isFinite(event.loss)) this.curves.addTraining(event.step, event.loss)
        break
      case 'evaluation':
        this.unseenLoss = event.loss
        this.curves.addValidation(event.step, event.loss)
        break
      case 'probes':
        this.heard = [...this.heard, event]
        break
      case 'weights':
        this.weights = event
        break
      case 'rows':
        this.rows = { first: this.rows?.first ?? event, last: event }
        break
      case 'divergence':
        this.divergence = event.divergence
        break
      case 'rate':
        this.#rateChanged(event)
        break
      case 'rewound':
        this.#rewound(event)
        break
      case 'warning':
        if (!this.warnings.includes(event.message)) this.warnings = [...this.warnings, event.message]
        break
      case 'checkpoint':
        this.kept++
        break
      case 'paused':
      case 'resumed':
        break
      default:
        event satisfies never
    }
  }

  #started({ run, steps, fromStep, learningRate, rateChanges }: StartedEvent) {
    this.run = run
    this.steps = steps
    this.fromStep = fromStep
    this.peak = learningRate
    this.rateChanges = rateChanges
    this.curves.reset([...this.curves.training], [...this.curves.validation], fromStep)
  }

  /** What came after that step is no part of the run any more. */
  #rewound({ step, learningRate, rateChanges, trainingLosses, validationLosses }: RewoundEvent) {
    this.curves.reset(trainingLosses, validationLosses)
    this.unseenLoss = validationLosses.at(-1)?.[1]
    this.peak = learningRate
    this.rateChanges = rateChanges
    this.fromStep = step
    this.last = undefined
    this.heard = this.heard.filter((event) => event.step < step)
    this.weights = undefined
    this.rows = this.rows && this.rows.first.step < step ? { first: this.rows.first, last: this.rows.first } : undefined
    this.divergence = undefined
    this.kept++
  }

  /** What was chosen last in a pause is what counts. */
  #rateChanged({ step, from, to }: RateChange) {
    const earlier = this.rateChanges.filter((change) => change.step < step)
    this.rateChanges = from === to ? earlier : [...earlier, { step, from, to }]
    this.peak = to
  }
}
