/**
 * The reference sampler, in float64: how a token is chosen from logits. Order and rules are those of Hugging Face
 * transformers (generation/utils.py `_get_logits_processor`, generation/logits_process.py): repetition penalty,
 * temperature, top-k, top-p, min-p. Engines that sample on the device are compared with it.
 */
import { threefry2x32, uniformFromBits } from '../engine/random.ts'
import { HomespunError } from '../errors.ts'
import type { SamplingOptions } from './types.ts'

/** The likeliest token each time; the seed does not matter. */
export const GREEDY: SamplingOptions = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 }

function refuse(where: string, value: number, fix: string): never {
  throw new HomespunError('sampling-invalid', `The ${where} cannot be ${value}.`, { where, fix })
}

/** Throws HomespunError 'sampling-invalid' naming the first option that has no meaning. */
export function checkSampling(options: SamplingOptions): void {
  const { temperature, topK, topP, minP, repetitionPenalty, seed } = options
  if (!(temperature >= 0 && Number.isFinite(temperature))) refuse('temperature', temperature, 'Use 0 or a positive number; 1 is neutral.')
  if (!(Number.isInteger(topK) && topK >= 0)) refuse('top-k', topK, 'Use a whole number; 0 turns it off.')
  if (!(topP >= 0 && topP <= 1)) refuse('top-p', topP, 'Use a number from 0 to 1; 1 turns it off.')
  if (!(minP >= 0 && minP <= 1)) refuse('min-p', minP, 'Use a number from 0 to 1; 0 turns it off.')
  if (!(repetitionPenalty > 0 && Number.isFinite(repetitionPenalty))) {
    refuse('repetition penalty', repetitionPenalty, 'Use a positive number; 1 turns it off.')
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff)) refuse('seed', seed, 'Use a whole number from 0 to 4294967295.')
}

/** The number in [0, 1) that decides the `draw`-th token of an answer (counted from 0). */
function drawUniform(seed: number, draw: number): number {
  return uniformFromBits(threefry2x32(seed, 0, draw, 0)[0])
}

/** Logits after the repetition penalty: positive ones divided, negative ones multiplied, once for each id in `seen`. */
function penalised(logits: ArrayLike<number>, seen: Iterable<number>, penalty: number): Float64Array {
  const scores = Float64Array.from(logits)
  if (penalty === 1) return scores
  for (const id of new Set(seen)) {
    const score = scores[id]
    if (score !== undefined) scores[id] = score < 0 ? score * penalty : score / penalty
  }
  return scores
}

function likeliest(scores: Float64Array): number {
  return scores.reduce((best, score, id) => (score > scores[best]! ? id : best), 0)
}

interface Candidate {
  id: number
  /** Relative to the likeliest token, which has 1. */
  weight: number
}

/** The k likeliest, and whatever ties with the last of them, as in transformers. Candidates come likeliest first. */
function keepTopK(candidates: Candidate[], k: number): Candidate[] {
  const last = k > 0 ? candidates[k - 1] : undefined
  return last ? candidates.filter((one) => one.weight >= last.weight) : candidates
}

/** The smallest set whose mass reaches p: a token stays while those likelier than it have less than p. At least one stays. */
function keepTopP(candidates: Candidate[], p: number): Candidate[] {
  if (p >= 1) return candidates
  const total = candidates.reduce((sum, one) => sum + one.weight, 0)
  let before = 0
  return candidates.filter((one, rank) => {
    const stays = rank === 0 || before < p * total
    before += one.weight
    return stays
  })
}

/**
 * What may be drawn, with its probability, likeliest first; equal ones by id. One candidate where the temperature is 0.
 * `seen` are the ids of the prompt and of the answer so far.
 * Throws HomespunError 'logits-not-finite' where any logit is NaN or infinite (F109).
 */
export function candidates(
  logits: ArrayLike<number>,
  seen: Iterable<number>,
  options: SamplingOptions,
): { id: number; probability: number }[] {
  checkSampling(options)
  const scores = penalised(logits, seen, options.repetitionPenalty)
  if (scores.length === 0 || !scores.every(Number.isFinite)) {
    throw new HomespunError('logits-not-finite', 'The model gave numbers that are not finite, so no token can be chosen.', {
      fix: 'The adapter may have been trained with too large a learning rate. Try the base model, or another adapter.',
    })
  }
  const best = likeliest(scores)
  if (options.temperature === 0) return [{ id: best, probability: 1 }]
  const weights = scores.map((score) => Math.exp((score - scores[best]!) / options.temperature))
  const sorted = Array.from(weights, (weight, id) => ({ id, weight })).sort((one, two) => two.weight - one.weight || one.id - two.id)
  const kept = keepTopP(keepTopK(sorted, options.topK), options.topP).filter((one) => one.weight >= options.minP)
  const total = kept.reduce((sum, one) => sum + one.weight, 0)
  return kept.map((one) => ({ id: one.id, probability: one.weight / total }))
}

/**
 * Chooses the `draw`-th token of an answer. Temperature 0 is greedy (the lowest id among equals). Otherwise the first
 * candidate, in order of id, at which the summed probability exceeds `drawUniform(seed, draw)`.
 * Throws HomespunError 'logits-not-finite', 'sampling-invalid'.
 */
export function sampleToken(logits: ArrayLike<number>, seen: Iterable<number>, options: SamplingOptions, draw: number): number {
  const kept = candidates(logits, seen, options).sort((one, two) => one.id - two.id)
  const threshold = drawUniform(options.seed, draw)
  let mass = 0
  for (const { id, probability } of kept) {
    mass += probability
    if (mass > threshold) return id
  }
  // Rounding may leave the sum a hair below a threshold close to 1.
  return kept.at(-1)!.id
}
