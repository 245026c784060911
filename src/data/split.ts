/** Sets a part of the examples aside for validation: as the file itself says, else by seed. */
import { HomespunError } from '../errors.ts'
import { epochOrder } from './batch/shuffle.ts'
import { exampleMessages } from './example.ts'
import type { Example } from './types.ts'

export interface DatasetSplit {
  /** Indices of examples, ascending. */
  training: number[]
  validation: number[]
}

/**
 * Nothing is set aside where `validationFraction` is 0. A file that says of its rows on which side they are is divided so;
 * else about `validationFraction` of the examples, chosen by seed, go to validation. Examples with the same words (as a pair or as a chat) stay on one side, so that nothing
 * validated was trained on; training always keeps at least one. Throws 'bad-fraction'.
 */
export function splitDataset(examples: readonly Example[], validationFraction: number, seed: number): DatasetSplit {
  if (!(validationFraction >= 0 && validationFraction < 1)) {
    throw new HomespunError('bad-fraction', `The validation part is ${validationFraction} of the data.`, {
      fix: 'Use a number from 0 up to, but not including, 1.',
    })
  }
  const groups = [...groupDuplicates(examples).values()]
  if (validationFraction > 0 && dividedByFile(examples)) return byFile(examples, groups)
  const wanted = Math.round(examples.length * validationFraction)
  const order = epochOrder(seed, 0, groups.length)
  const validation: number[] = []
  const training: number[] = []
  for (const [turn, at] of order.entries()) {
    const group = groups[at] ?? []
    const mustTrain = training.length === 0 && turn === order.length - 1
    const fits = validation.length + group.length <= wanted
    ;(fits && !mustTrain ? validation : training).push(...group)
  }
  return { training: training.sort((a, b) => a - b), validation: validation.sort((a, b) => a - b) }
}

/** Whether the file names both parts, so that it divides itself. */
export function dividedByFile(examples: readonly Example[]): boolean {
  return examples.some(({ part }) => part === 'validation') && examples.some(({ part }) => part !== 'validation')
}

/** What is on both sides is for training. */
function byFile(examples: readonly Example[], groups: readonly number[][]): DatasetSplit {
  const isAside = (group: readonly number[]) => group.every((index) => examples[index]?.part === 'validation')
  const side = (aside: boolean) => groups.filter((group) => isAside(group) === aside).flat().sort((a, b) => a - b)
  return { training: side(false), validation: side(true) }
}

function groupDuplicates(examples: readonly Example[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const [index, example] of examples.entries()) {
    const words = exampleMessages(example).map((message) => [message.role, message.content.trim()])
    const key = JSON.stringify(words)
    const group = groups.get(key)
    if (group) group.push(index)
    else groups.set(key, [index])
  }
  return groups
}
