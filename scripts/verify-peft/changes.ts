/** What the page says that an adapter changed, beside NumPy’s account of PEFT’s own ΔW. */
import { loraScale } from '../../src/adapters/scale.ts'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { weightChange } from '../../src/adapters/weight-change.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import type { ParityCase } from '../../src/cli/parity/case.ts'
import { weightNorms } from '../../src/runtime/weight-norms.ts'

/** By module; see peft_side.py. PEFT multiplies B and A in float32. */
export type TheirChanges = Readonly<Record<string, { weight: number; norm: number; singularValues: number[]; rows: number[] }>>

/** Of the largest number that is compared. */
const TOLERANCE = 1e-5

/** Where the two differ, in words; undefined where they do not. */
export async function changeProblem({ config, pairs }: LoraAdapter, given: ParityCase, theirs: TheirChanges): Promise<string | undefined> {
  const norms = await weightNorms(await openCaseModel(given.modelPath), pairs.map(({ module }) => module))
  if (Object.keys(theirs).length !== pairs.length) return `PEFT changes ${Object.keys(theirs).length} layers, and ${pairs.length} are told here`
  for (const pair of pairs) {
    const [ours, other] = [weightChange(pair, loraScale(config)), theirs[pair.module]]
    if (!other) return `PEFT does not change ${pair.module}`
    const compared: [what: string, ours: number, theirs: number][] = [
      ['‖W‖', norms.get(pair.module) ?? NaN, other.weight],
      ['‖ΔW‖', ours.norm, other.norm],
      ...other.singularValues.map((value, at): [string, number, number] => [`singular value ${at + 1}`, ours.singularValues[at] ?? NaN, value]),
      ...ours.rows.map(([row, length]): [string, number, number] => [`row ${row}`, length, other.rows[row] ?? NaN]),
      ['longest row', ours.rows[0]?.[1] ?? NaN, Math.max(...other.rows)],
    ]
    const wrong = compared.find(([what, one, two]) => !(Math.abs(one - two) <= TOLERANCE * (what === '‖W‖' ? two : other.norm)))
    if (wrong) return `${wrong[0]} of ΔW of ${pair.module} is ${wrong[1]}, by NumPy ${wrong[2]}`
  }
  return undefined
}
