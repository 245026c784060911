/** Measuring base and tuned on rows: what is measured, how far it is, and the rows as they come. */
import { isContained, isExact, rowScore, totals } from '../generate/scoring.ts'
import type { EvaluatedRow, EvaluationEvent, EvaluationRequest } from '../service/types.ts'
import { Asking } from './asking.svelte.ts'
import type { Engine } from './engine.svelte.ts'
import type { Speaker } from './trial.svelte.ts'

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

export type RowsAsked = Omit<EvaluationRequest, 'adapterId' | 'strength'>

export class Scoring extends Asking<EvaluationEvent> {
  rows = $state.raw<readonly EvaluatedRow[]>([])
  started = $state.raw<Extract<EvaluationEvent, { kind: 'started' }>>()
  /** What was measured. */
  asked = $state.raw<RowsAsked>()
  readonly base = $derived(measured(this.rows, 'base'))
  readonly tuned = $derived(measured(this.rows, 'tuned'))
  /** Absent where no examples were asked for. */
  readonly shown = $derived(this.asked?.examples === undefined ? undefined : measured(this.rows, 'shown'))
  /** The fewest examples that fitted before a question. */
  readonly fewest = $derived(Math.min(...this.rows.map(({ shown }) => shown?.examples ?? Infinity)))
  #onMeasured: () => Promise<void>

  /** `onMeasured`: all rows were, so the adapter's receipt has what they gave. */
  constructor(engine: Engine, onMeasured: () => Promise<void> = () => Promise.resolve()) {
    super(engine)
    this.#onMeasured = onMeasured
  }

  async measure(asked: RowsAsked, { name, strength, id }: Speaker): Promise<void> {
    await this.begin(name, async (listener) => {
      this.asked = asked
      const { whole } = await this.engine.service.evaluateAdapter({ ...asked, strength, adapterId: await id() }, listener)
      if (whole) await this.#onMeasured()
      return whole
    })
  }

  protected override hear(event: EvaluationEvent) {
    if (event.kind === 'started') this.started = event
    else if (event.kind === 'progress') this.share = event.share
    else this.rows = [...this.rows, event.row]
  }

  protected override forget() {
    this.rows = []
    this.started = undefined
  }
}
