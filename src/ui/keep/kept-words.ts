/** What is kept here, and what a restored backup did, in words and numbers. */
import type { AdapterRecord, CachedModel, RestoreCounts, StoredDataset, UnfinishedRun } from '../../service/types.ts'
import type { RestoreOutcome } from '../../state/everything.svelte.ts'
import { formatBytes, formatDate, formatPlural } from '../../state/format.ts'

interface Kept {
  adapters: readonly AdapterRecord[]
  datasets: readonly StoredDataset[]
  runs: readonly UnfinishedRun[]
  models: readonly CachedModel[]
}

const size = (items: readonly { bytes: number }[]) => formatBytes(items.reduce((sum, { bytes }) => sum + bytes, 0))
const withSize = (items: readonly { bytes: number }[]) => (items.length === 0 ? 'none' : `${items.length}, ${size(items)}`)

export function listKept({ adapters, datasets, runs, models }: Kept): [name: string, value: string][] {
  return [
    ['Adapters', withSize(adapters)],
    ['Datasets', datasets.length === 0 ? 'none' : `${datasets.length}, ${formatPlural(datasets.reduce((sum, { examples }) => sum + examples, 0), 'row')}`],
    ['Unfinished runs', runs.length === 0 ? 'none' : `${runs.length}, with checkpoints`],
    ['Downloaded models', withSize(models)],
  ]
}

function countWords({ adapters, datasets, runs }: RestoreCounts): string {
  const parts = [[adapters, 'adapter'], [datasets, 'dataset'], [runs, 'unfinished run']] as const
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => formatPlural(count, what))
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? '')
}

/** What restoring did: each sentence says one thing that happened. */
export function restoreSentences({ savedAt, added, same, seconds, refused, choices }: RestoreOutcome): string[] {
  const [new_, old] = [countWords(added), countWords(same)]
  return [
    new_ ? `Put back from ${formatDate(savedAt)}: ${new_}.` : `Nothing was missing of the backup of ${formatDate(savedAt)}.`,
    ...(old ? [`Here already, and left alone: ${old}.`] : []),
    ...(seconds.length > 0 ? [`Different here, so both are kept: ${seconds.map((name) => `“${name}”`).join(', ')}.`] : []),
    ...(choices.added > 0 ? [`${formatPlural(choices.added, 'setting')} put back: ${choices.added === 1 ? 'it counts' : 'they count'} from the next visit on.`] : []),
    ...(choices.differ > 0 ? [`${formatPlural(choices.differ, 'setting')} left as ${choices.differ === 1 ? 'it is' : 'they are'} here.`] : []),
    ...refused.map(({ what, why }) => `Refused, ${what}: ${why}`),
  ]
}
