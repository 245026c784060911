/** What would make a run fit: changes of its settings, each planned as a run with it would be. */
import { checkSettings } from '../train/settings.ts'
import type { PlanReport, TrainingSettings } from '../train/types.ts'
import { plannedRun, planOf, type Intention } from './preflight.ts'
import type { Allowance, Lightening, WeightDtype } from './types.ts'

/** Of the length of the longest example, the longest first; where none of them fits, half of it. */
const LENGTHS = [7 / 8, 3 / 4, 5 / 8, 1 / 2, 3 / 8, 1 / 4, 1 / 8]
const LENGTH_MULTIPLE = 16
/** A change that saves less is not worth a click. */
const WORTH = 0.98

const LESS_EXACT: Record<WeightDtype, readonly WeightDtype[]> = { stored: ['int8', 'int4'], int8: ['int4'], int4: [] }

/** Throws what planning a step throws. */
export async function lightened(intention: Intention, allowance: Allowance): Promise<Lightening[]> {
  const plans = new Plans(intention, allowance)
  const { totalBytes } = plans.of({})
  const found = [await batches(plans), await recomputing(plans), await lengths(plans), await weights(plans)]
  return found.filter((one) => one !== undefined && (one.fits || one.bytes < WORTH * totalBytes)).map((one) => one!)
}

class Plans {
  readonly intention: Intention
  readonly #allowance: Allowance

  constructor(intention: Intention, allowance: Allowance) {
    this.intention = intention
    this.#allowance = allowance
  }

  of(change: Partial<TrainingSettings>, weights?: WeightDtype): PlanReport {
    const { intention } = this
    const settings = { ...intention.settings, ...change }
    const examples = intention.data.training(settings.maxLength, intention.model).length
    const changed = { ...intention, settings, facts: { ...intention.facts, examples } }
    return planOf(changed, plannedRun(changed), weights)
  }

  /** A turn for other work first: a plan of a large model takes a while. */
  async told(change: Partial<TrainingSettings>, weights?: WeightDtype): Promise<{ bytes: number; fits: boolean }> {
    await new Promise((resolve) => setTimeout(resolve))
    const { totalBytes, largestBytes } = this.of(change, weights)
    const { pieceBytes = Infinity } = this.#allowance
    return { bytes: totalBytes, fits: totalBytes <= this.#allowance.totalBytes && largestBytes <= pieceBytes }
  }
}

/** The first that fits, or `fallback`'s place among them. */
async function firstFitting<T>(candidates: readonly T[], tell: (one: T) => Promise<Lightening>, fallback: number): Promise<Lightening | undefined> {
  const told: Lightening[] = []
  for (const candidate of candidates) {
    const one = await tell(candidate)
    if (one.fits) return one
    told.push(one)
  }
  return told.at(fallback) ?? told.at(-1)
}

/** Fewer at a time, and so many times that an update looks at as many examples as before: it learns the same. */
function batches(plans: Plans): Promise<Lightening | undefined> {
  const { batchSize, accumulate } = plans.intention.settings
  const examples = batchSize * accumulate
  const sizes = Array.from({ length: batchSize - 1 }, (_, i) => batchSize - 1 - i).filter((size) => examples % size === 0)
  return firstFitting(sizes, async (size) => {
    const change = { batchSize: size, accumulate: examples / size }
    return { kind: 'batch', ...change, ...(await plans.told(change)) }
  }, -1)
}

async function recomputing(plans: Plans): Promise<Lightening | undefined> {
  if (plans.intention.settings.activationCheckpointing) return undefined
  return { kind: 'recompute', ...(await plans.told({ activationCheckpointing: true })) }
}

function lengths(plans: Plans): Promise<Lightening | undefined> {
  const { data, model, settings, facts } = plans.intention
  const longest = data.batches(settings, model).layout.longest ?? settings.maxLength
  const shorter = [...new Set(LENGTHS.map((share) => Math.floor((share * longest) / LENGTH_MULTIPLE) * LENGTH_MULTIPLE))]
  const whole = data.training(model.loaded.contextLength, model).length
  const candidates = shorter.filter((length) => length > 0 && length < longest).flatMap((maxLength) => {
    const examples = data.training(maxLength, model)
    try {
      checkSettings({ ...settings, maxLength }, { ...facts, examples: examples.length })
    } catch {
      return []
    }
    return [{ maxLength, cut: examples.filter(({ truncated }) => truncated > 0).length, empty: whole - examples.length }]
  })
  const half = candidates.findIndex(({ maxLength }) => maxLength <= longest / 2)
  return firstFitting(candidates, async (one) => ({ kind: 'length', ...one, ...(await plans.told({ maxLength: one.maxLength })) }), half)
}

function weights(plans: Plans): Promise<Lightening | undefined> {
  return firstFitting(LESS_EXACT[plans.intention.model.weights], async (kept) => ({ kind: 'weights', weights: kept, ...(await plans.told({}, kept)) }), -1)
}
