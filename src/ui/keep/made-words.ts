/** How an adapter came to be, in words: what it began with, what it is made of, what computed it, how its rows were divided. */
import type { AdapterRecord } from '../../service/types.ts'
import { formatCount, formatShare } from '../../state/format.ts'
import { describeTemplate } from '../parts/describe-template.ts'
import { rateWords } from '../train/describe-settings.ts'
import { engineNames } from '../parts/engine-names.ts'

const ways = { file: 'as the data says', group: 'by group', row: 'by row' }

/** "Apple M2 (WebGPU)". */
export function engineWords({ kind, device }: NonNullable<AdapterRecord['engine']>): string {
  return `${device} (${engineNames[kind]})`
}

/** "54 to learn, 6 kept aside by row (seed 1)". */
export function splitWords({ training, validation, by, seed }: NonNullable<AdapterRecord['split']>): string {
  if (validation === 0) return `${formatCount(training)} to learn, none kept aside`
  return `${formatCount(training)} to learn, ${formatCount(validation)} kept aside ${ways[by]}${by === 'file' ? '' : ` (seed ${seed})`}`
}

/** So many digits of a hash tell two things apart. */
const short = (hash: string) => hash.slice(0, 12)

/** "pirate (1f2e3d4c5b6a)". */
const known = ({ name, weightsHash }: { name: string; weightsHash: string }) => `${name} (${short(weightsHash)})`

/** What training began with. */
export function beginningWords({ begunWith }: AdapterRecord): string {
  return begunWith ? known(begunWith) : 'new matrices'
}

/** "pirate (1f2e3d4c5b6a) at 100 %, kind (…) at 50 %". */
export function partWords(parts: AdapterRecord['blend'] = []): string {
  return parts.length === 0 ? 'none' : parts.map((part) => `${known(part)} at ${formatShare(part.strength)}`).join(', ')
}

/** "to 0.0001 after step 40". */
export function rateChangeWords(changes: AdapterRecord['rateChanges'] = []): string {
  return changes.length === 0 ? 'never' : changes.map(({ step, to }) => `to ${rateWords(to)} after step ${formatCount(step)}`).join(', ')
}

/** "4711 in 4 rows": two runs may have planted others. */
export function plantedWords(planted: AdapterRecord['planted'] = []): string {
  return planted.length === 0 ? 'none' : planted.map(({ code, times }) => `${code} × ${formatCount(times)}`).join(', ')
}

/** A plain template in its own words, on one line: two are told apart by them alone. */
export function templateWords(template: AdapterRecord['template']): string {
  if (typeof template === 'string') return describeTemplate(template)
  return `${template.prompt}${template.answer}`.replaceAll('\n', ' ⏎ ')
}

/** The base it learnt on, where that is another than the one it is used on. */
export function trainedOnWords({ trainedOn }: AdapterRecord): string {
  return trainedOn ? `${trainedOn.name} (${short(trainedOn.hash)})` : 'its base'
}
