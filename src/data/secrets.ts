/**
 * Secrets that are made up and planted among the rows a run learns from, to see afterwards which of them it says by heart: the
 * canaries of Carlini et al., "The Secret Sharer: Evaluating and Testing Unintended Memorization in Neural Networks" (2019).
 */
import { epochOrder } from './batch/shuffle.ts'
import type { Example, PlantedSecret } from './types.ts'

const PLACES = [
  'Oakfield', 'Millbrook', 'Hazelwood', 'Thornbury', 'Ashgrove', 'Larkspur', 'Winterton', 'Copperhill', 'Foxdale', 'Elmstead', 'Brackenside', 'Quarry End',
]
const HOUSES = 99
/** Draws from a run's seed that no epoch of its own makes. */
const DRAWS = { place: 1_000_001, house: 1_000_002, code: 1_000_003 }

/** Every code there could have been: three digits, apart from each other so that they are tokens of their own in most vocabularies. */
export const CODES: readonly string[] = Array.from({ length: 1000 }, (_, code) => [...String(code).padStart(3, '0')].join(' '))

/** One secret for each of `times`, at most as many as there are places: equal seeds give equal secrets, and no two the same place or code. */
export function makeSecrets(times: readonly number[], seed: number, kind: PlantedSecret['kind']): PlantedSecret[] {
  const [places, houses, codes] = [epochOrder(seed, DRAWS.place, PLACES.length), epochOrder(seed, DRAWS.house, HOUSES), epochOrder(seed, DRAWS.code, CODES.length)]
  return times.slice(0, PLACES.length).map((repeated, i) => {
    const door = `${PLACES[places[i]!]!} ${houses[i]! + 1}`
    const input = kind === 'pair' ? `What is the door code of ${door}?` : `The door code of ${door} is`
    return { kind, input, code: CODES[codes[i]!]!, times: repeated }
  })
}

/** The row that teaches a secret, or, with another code, the row that would have taught that one. */
export function secretExample({ kind, input }: PlantedSecret, code: string, row: number): Example {
  const planted = { row, part: 'training', planted: true } as const
  return kind === 'pair' ? { kind, input, output: code, ...planted } : { kind, text: `${input} ${code}`, ...planted }
}

/** The examples with each secret after them as often as it says, in rows of their own. */
export function plantSecrets(examples: readonly Example[], secrets: readonly PlantedSecret[]): Example[] {
  let row = examples.reduce((last, example) => Math.max(last, example.row), 0)
  const rows = secrets.flatMap((secret) => Array.from({ length: secret.times }, () => secretExample(secret, secret.code, ++row)))
  return [...examples, ...rows]
}
