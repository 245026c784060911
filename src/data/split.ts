/** Sets a part of the examples aside for validation: as the file itself says, else by group or by row, chosen by seed. */
import { HomespunError } from '../errors.ts'
import { epochOrder } from './batch/shuffle.ts'
import { exampleMessages, messageText } from './example.ts'
import type { Example } from './types.ts'

export interface DatasetSplit {
  /** Indices of examples, ascending. */
  training: number[]
  validation: number[]
}

/** Where a share has to be named though nobody asked for one. */
const USUAL_FRACTION = 0.1

/** 'file': as its own column says; 'group': rows of one group stay on one side; 'row': each for itself. */
export type SplitBy = 'file' | 'group' | 'row'

export interface SplitSettings {
  /** Share of the examples for validation, from 0 up to, but not including, 1. */
  validationFraction: number
  seed: number
  /** By the file where it divides itself, else by row, unless told. */
  by?: SplitBy
}

/**
 * Nothing is set aside where `validationFraction` is 0. Examples with the same words (as a pair or as a chat) stay on one
 * side, so that nothing validated was trained on; training always keeps at least one. Planted secrets are for training, and change
 * nothing for the others. Throws 'bad-fraction'.
 */
export function splitDataset(examples: readonly Example[], settings: SplitSettings): DatasetSplit {
  const own = examples.flatMap(({ planted }, index) => (planted ? [] : [index]))
  if (own.length === examples.length) return divide(examples, settings)
  const { training, validation } = divide(own.map((index) => examples[index]!), settings)
  const planted = examples.flatMap((example, index) => (example.planted ? [index] : []))
  const places = (indices: readonly number[]) => indices.map((index) => own[index]!)
  return { training: [...places(training), ...planted].sort((a, b) => a - b), validation: places(validation) }
}

function divide(examples: readonly Example[], settings: SplitSettings): DatasetSplit {
  const { validationFraction, seed } = settings
  if (!(validationFraction >= 0 && validationFraction < 1)) {
    throw new HomespunError('bad-fraction', `The validation part is ${validationFraction} of the data.`, {
      fix: 'Use a number from 0 up to, but not including, 1.',
    })
  }
  const by = waySplit(examples, settings.by)
  const groups = joined(examples, by === 'group')
  if (validationFraction > 0 && by === 'file') return byFile(examples, groups)
  const wanted = Math.round(examples.length * validationFraction)
  const order = epochOrder(seed, 0, groups.length)
  const validation: number[] = []
  const training: number[] = []
  for (const [turn, at] of order.entries()) {
    const group = groups[at] ?? []
    const mustTrain = training.length === 0 && turn === order.length - 1
    const fits = validation.length + group.length <= wanted
    append(fits && !mustTrain ? validation : training, group)
  }
  return { training: training.sort((a, b) => a - b), validation: validation.sort((a, b) => a - b) }
}

/** Ways that these examples can be divided; the first is taken where none is asked for. */
export function possibleSplits(examples: readonly Example[]): SplitBy[] {
  const grouped = examples.some(({ group }) => group !== undefined)
  return [...(dividedByFile(examples) ? ['file' as const] : []), 'row', ...(grouped ? ['group' as const] : [])]
}

/** How these are divided where a way is wished for, or none is. */
export function waySplit(examples: readonly Example[], wished: SplitBy | undefined): SplitBy {
  const possible = possibleSplits(examples)
  return wished && possible.includes(wished) ? wished : (possible[0] ?? 'row')
}

/** Divided as the rows themselves say, also where nothing was to be kept aside or chance was to decide. */
export function asideByRow(settings: SplitSettings): SplitSettings {
  return { ...settings, by: 'file', validationFraction: settings.validationFraction || USUAL_FRACTION }
}

/** Whether the file names both parts, so that it divides itself. */
function dividedByFile(examples: readonly Example[]): boolean {
  return examples.some(({ part }) => part === 'validation') && examples.some(({ part }) => part !== 'validation')
}

/** What is on both sides is for training. */
function byFile(examples: readonly Example[], groups: readonly number[][]): DatasetSplit {
  const isAside = (group: readonly number[]) => group.every((index) => examples[index]?.part === 'validation')
  const side = (aside: boolean) => groups.filter((group) => isAside(group) === aside).flat().sort((a, b) => a - b)
  return { training: side(false), validation: side(true) }
}

/** Indices that belong together, in the order of their first: the same words, and on request the same group. */
function joined(examples: readonly Example[], byGroup: boolean): number[][] {
  const parent = Uint32Array.from(examples, (_, index) => index)
  const root = (index: number): number => {
    let at = index
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!
    return at
  }
  const first = new Map<string, number>()
  const join = (key: string, index: number) => {
    const other = first.get(key)
    if (other === undefined) first.set(key, index)
    else parent[root(index)] = root(other)
  }
  for (const [index, example] of examples.entries()) {
    join(`words ${wordsOf(example)}`, index)
    if (byGroup && example.group !== undefined) join(`group ${example.group}`, index)
  }
  const groups = new Map<number, number[]>()
  for (let index = 0; index < examples.length; index++) {
    const group = groups.get(root(index))
    if (group) group.push(index)
    else groups.set(root(index), [index])
  }
  return [...groups.values()]
}

function wordsOf(example: Example): string {
  return JSON.stringify(exampleMessages(example).map((message) => [message.role, messageText(message).trim()]))
}

/** `push(...)` of a large group would overflow the stack. */
function append(onto: number[], more: readonly number[]): void {
  for (const index of more) onto.push(index)
}
