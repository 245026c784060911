/** Adapters beside each other: what is told of each, and what of that differs. */
import type { AdapterRecord } from '../../service/types.ts'
import { formatBytes, formatCount, formatLoss, formatPlural, formatSeconds } from '../../state/format.ts'
import { weightsText } from '../model/words.ts'
import { listSettings } from '../train/describe-settings.ts'
import { beginningWords, engineWords, partWords, plantedWords, rateChangeWords, splitWords, templateWords, trainedOnWords } from './made-words.ts'
import { comparedScores } from './score-words.ts'

/** So many are told apart by the dashes of their lines. */
export const MOST_COMPARED = 5
export const LETTERS = 'ABCDE'

export interface ComparedRow {
  name: string
  /** One an adapter, in their order. */
  values: string[]
}

const unknown = 'not known'

function lowest(losses: AdapterRecord['validationLosses']): string {
  const best = losses.filter(([, loss]) => Number.isFinite(loss)).reduce<[number, number] | undefined>(
    (least, point) => (least && least[1] <= point[1] ? least : point), undefined,
  )
  return best ? `${formatLoss(best[1])} at step ${best[0]}` : unknown
}

function last(losses: AdapterRecord['trainingLosses']): string {
  const point = losses.at(-1)
  return point ? formatLoss(point[1]) : unknown
}

function outcomes(adapter: AdapterRecord): [string, string][] {
  return [
    ['Training loss at the end', last(adapter.trainingLosses)],
    ['Loss on unseen pairs at the end', last(adapter.validationLosses)],
    ['Lowest loss on unseen pairs', lowest(adapter.validationLosses)],
    ...comparedScores(adapter.scores),
    ['Steps', formatPlural(adapter.steps, 'step')],
    ['Time', adapter.seconds > 0 ? formatSeconds(adapter.seconds) : unknown],
    ['Size', formatBytes(adapter.bytes)],
  ]
}

/** All that is written down of how an adapter was made: what is left out here would be said not to differ. */
function causes(adapter: AdapterRecord): [string, string][] {
  return [
    ['Base', adapter.base.name],
    ['Base’s fingerprint', adapter.base.hash.slice(0, 12)],
    ['Trained on', trainedOnWords(adapter)],
    ['Base’s weights', adapter.weights ? weightsText[adapter.weights] : unknown],
    ['Data', adapter.dataset.name || unknown],
    ['Rows', adapter.dataset.name ? formatPlural(adapter.dataset.examples, 'row') : unknown],
    ['Data’s fingerprint', adapter.dataset.hash.slice(0, 12) || unknown],
    ['Rows were divided', adapter.split ? splitWords(adapter.split) : unknown],
    ['Tokens to learn', adapter.split ? formatCount(adapter.split.targetTokens) : unknown],
    ['Planted secrets', plantedWords(adapter.planted)],
    ['Computed on', adapter.engine ? engineWords(adapter.engine) : unknown],
    ['Made with', adapter.software],
    ['Pairs are written as', templateWords(adapter.template)],
    ['Parts of the blend', partWords(adapter.blend)],
    ...(adapter.settings
      ? [
          ...listSettings(adapter.settings),
          ['Went on from', beginningWords(adapter)],
          ['Learning rate changed', rateChangeWords(adapter.rateChanges)],
        ] as [string, string][]
      : []),
  ]
}

/** Puts what is told of each in rows; what one of them lacks is said to be not known. */
function inRows(adapters: readonly AdapterRecord[], tell: (adapter: AdapterRecord) => [string, string][]): ComparedRow[] {
  const told = adapters.map((adapter) => new Map(tell(adapter)))
  const names = [...new Set(told.flatMap((facts) => [...facts.keys()]))]
  return names.map((name) => ({ name, values: told.map((facts) => facts.get(name) ?? unknown) }))
}

/** What came of each. */
export function compareOutcomes(adapters: readonly AdapterRecord[]): ComparedRow[] {
  return inRows(adapters, outcomes).filter(({ values }) => values.some((value) => value !== unknown))
}

/** Of how they were made, only what is not the same for all. */
export function compareCauses(adapters: readonly AdapterRecord[]): ComparedRow[] {
  return inRows(adapters, causes).filter(({ values }) => new Set(values).size > 1)
}
