/** What a run computed on, and how its rows were divided. */
import type { AdapterRecord } from '../../service/types.ts'
import { formatCount } from '../../state/format.ts'
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
