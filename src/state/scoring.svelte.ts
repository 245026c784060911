/** Measuring base and tuned on rows: what is measured, how far it is, and the rows as they come. */
import { proxy } from 'comlink'
import { isContained, isExact, rowScore, totals } from '../generate/scoring.ts'
import type { EvaluatedRow, EvaluationEvent, EvaluationRequest } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import type { Speaker } from './trial.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

/** 'shown': the base with examples in its prompt. */
export type Side = 'base' | 'shown' | 'tuned'
export type Judgement = 'exact' | 'contains' | 'other' | 'unasked'

/** What was said against what was expected. */
export function judge({ expected, ...row }: EvaluatedRow, side: Side): Judgement {
  const said = row[side]?.said
  if (expected === undefined || said === undefined) return 'unasked'
  return isExact(said, expected) ? 'exact' : isContained(said, expected) ? 'contains' : 'other'
}

const scoresOf = (rows: readonly EvaluatedRow[], side: Side) => rows.flatMap((row) => rowScore(row, row[side]) ?? [])

/** What asking took: the mean of the tokens read first, and the median of the seconds, so that the first answer counts no more than others. */
function askingOf(rows: readonly EvaluatedRow[], side: Side): { promptTokens: number; seconds: number } {
  const asked = rows.flatMap((row) => row[side]?.asking ?? [])
  const seconds = asked.map((one) => one.seconds).sort((one, other) => one - other)
  return { promptTokens: asked.reduce((sum, one) => sum + one.promptTokens, 0) / (asked.length || 1), seconds: seconds[seconds.length >> 1] ?? 0 }
}

const measured = (rows: readonly EvaluatedRow[], side: Side) => ({ ...totals(scoresOf(rows, side)), ...askingOf(rows, side) })

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
  readonly base = $derived(measured(this.rows, 'base'))
  readonly tuned = $derived(measured(this.rows, 'tuned'))
  /** Absent where no examples were asked for. */
  readonly shown = $derived(this.asked?.examples === undefined ? undefined : measured(this.rows, 'shown'))
  /** The fewest examples that fitted before a question. */
  readonly fewest = $derived(Math.min(...this.rows.map(({ shown }) => shown?.examples ?? Infinity)))
  readonly wrongFirst = $derived([...this.rows].sort((one, two) => ORDER.indexOf(judge(one, 'tuned')) - ORDER.indexOf(judge(two, 'tuned'))))
  #engine: Engine
  #onMeasured: () => Promise<void>
  /** Counts the evaluations, so that what belongs to an earlier one is dropped. */
  #turn = 0

  /** `onMeasured`: all rows were, so the adapter's receipt has what they gave. */
  constructor(engine: Engine, onMeasured: () => Promise<void> = () => Promise.resolve()) {
    this.#engine = engine
    this.#onMeasured = onMeasured
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
      if (whole) await this.#onMeasured()
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
