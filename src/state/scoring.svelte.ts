/** Measuring base and tuned on rows: what is measured, how far it is, and the rows as they come. */
import { proxy } from 'comlink'
import { isContained, isExact, totals, type RowScore } from '../generate/scoring.ts'
import type { EvaluatedRow, EvaluationEvent, EvaluationRequest } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import type { Speaker } from './trial.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export type Side = 'base' | 'tuned'
export type Judgement = 'exact' | 'contains' | 'other' | 'unasked'

/** What was said against what was expected. */
export function judge({ expected, ...row }: EvaluatedRow, side: Side): Judgement {
  const { said } = row[side]
  if (expected === undefined || said === undefined) return 'unasked'
  return isExact(said, expected) ? 'exact' : isContained(said, expected) ? 'contains' : 'other'
}

const scoreOf = ({ targets, expected, ...row }: EvaluatedRow, side: Side): RowScore => ({
  lossSum: row[side].lossSum, targets, ...(expected !== undefined && { expected }), ...(row[side].said !== undefined && { said: row[side].said }),
})

/** Wrong ones first, then the ones that only contain it, each as they came. */
const ORDER: readonly Judgement[] = ['other', 'contains', 'exact', 'unasked']

export type RowsAsked = Omit<EvaluationRequest, 'adapterId' | 'strength'>

export class Scoring {
  status = $state<'empty' | 'measuring' | 'done' | 'stopped' | 'failed'>('empty')
  failure = $state.raw<Trouble>()
  rows = $state.raw<readonly EvaluatedRow[]>([])
  started = $state.raw<Extract<EvaluationEvent, { kind: 'started' }>>()
  share = $state(0)
  /** What was measured. */
  asked = $state.raw<RowsAsked>()
  /** Who was. */
  name = $state('')
  readonly base = $derived(totals(this.rows.map((row) => scoreOf(row, 'base'))))
  readonly tuned = $derived(totals(this.rows.map((row) => scoreOf(row, 'tuned'))))
  readonly wrongFirst = $derived([...this.rows].sort((one, two) => ORDER.indexOf(judge(one, 'tuned')) - ORDER.indexOf(judge(two, 'tuned'))))
  #engine: Engine
  /** Counts the evaluations, so that what belongs to an earlier one is dropped. */
  #turn = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async measure(asked: RowsAsked, { name, strength, id }: Speaker): Promise<void> {
    if (this.status === 'measuring') return
    this.clear()
    const turn = this.#turn
    this.status = 'measuring'
    this.asked = asked
    this.name = name
    try {
      const request = { ...asked, strength, adapterId: await id() }
      const { whole } = await this.#engine.service.evaluateAdapter(request, proxy((event: EvaluationEvent) => turn === this.#turn && this.#hear(event)))
      if (turn === this.#turn) this.status = whole ? 'done' : 'stopped'
    } catch (error) {
      if (turn !== this.#turn) return
      this.failure = asTrouble(error)
      this.status = 'failed'
    }
  }

  /** What was measured so far stays. */
  async stop(): Promise<void> {
    try {
      await this.#engine.service.cancelGeneration()
    } catch (error) {
      this.failure = asTrouble(error)
    }
  }

  clear() {
    this.#turn++
    this.status = 'empty'
    this.failure = undefined
    this.rows = []
    this.started = undefined
    this.share = 0
  }

  #hear(event: EvaluationEvent) {
    if (event.kind === 'started') this.started = event
    else if (event.kind === 'progress') this.share = event.share
    else this.rows = [...this.rows, event.row]
  }
}
