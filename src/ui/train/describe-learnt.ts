/** What a run will learn, in words: where the adapter sits, and what of each example the loss looks at. */
import type { DatasetSummary, Learnt, ModelSummary, TrainingSettings } from '../../service/types.ts'
import { formatCompact, formatCount, formatPlural, formatShare } from '../../state/format.ts'

/** Where the adapter sits, and how large it is beside the model. */
export function describeAdapter({ modules, numbers }: Learnt, { lora }: TrainingSettings, { parameters }: ModelSummary): string {
  const kinds = formatPlural(lora.targetModules.length, 'kind of layer', 'kinds of layer')
  return `${formatCompact(numbers)} new numbers beside ${formatPlural(modules, 'matrix', 'matrices')} (rank ${lora.rank} on ${kinds}), as many as ${formatShare(numbers / parameters)} of the model’s own ${formatCompact(parameters)}, which stay as they are.`
}

/** What of the examples the loss looks at. */
export function describeTargets({ examples, targets }: Learnt, { layout }: DatasetSummary): string {
  const tokens = formatPlural(targets, 'token')
  if (layout === 'text') return `Of ${formatPlural(examples, 'text')} every word: ${tokens}.`
  const what = layout === 'chat' ? 'what the assistant says, and where it ends' : 'the answer, and where it ends'
  return `Of ${formatPlural(examples, layout === 'pairs' ? 'pair' : layout === 'chat' ? 'chat' : 'row')} ${what}: ${tokens}. The rest is read, not learnt.`
}

/** Which of the examples are planted secrets; nothing where none are. */
export function describePlanted({ planted }: Learnt): string | undefined {
  return planted === 0 ? undefined : `${formatCount(planted)} of them ${planted === 1 ? 'says a planted secret' : 'say planted secrets'}.`
}

/** What the longest that is allowed does to the examples; nothing where all of them fit. */
export function describeCut({ cut, empty }: Learnt, maxLength: number): string | undefined {
  if (cut + empty === 0) return undefined
  const left = empty > 0 ? ` ${formatCount(empty)} more ${empty === 1 ? 'is' : 'are'} left out: nothing to learn would remain of ${empty === 1 ? 'it' : 'them'}.` : ''
  return `${formatCount(cut)} ${cut === 1 ? 'is' : 'are'} longer than ${formatCount(maxLength)} tokens and lose${cut === 1 ? 's' : ''} the end.${left}`
}
