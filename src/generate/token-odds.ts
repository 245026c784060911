/** How likely each token of an answer was, before and after tuning, and what else could have stood there. */

/** Logits of two models over the same answer, [tokens, vocabulary] each; `tuned` is absent where there is no adapter. */
export interface AnswerLogits {
  vocabularySize: number
  base: Float32Array
  tuned: Float32Array | undefined
}

export interface TokenOdds {
  id: number
  /** Probabilities: softmax of the logits as they are (temperature 1, nothing cut off). */
  base: number
  tuned: number | undefined
}

/** A token of the answer, and the likeliest at its place, likeliest first by the mean of both models; it is one of them. */
export interface PlaceOdds extends TokenOdds {
  alternatives: TokenOdds[]
}

/** Softmax in float64, shifted by the largest logit. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  let largest = -Infinity
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i]!)
  const masses = Float64Array.from(logits, (logit) => Math.exp(logit - largest))
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  return masses.map((mass) => mass / total)
}

/** The places of the `count` largest, largest first; equal ones by place. */
function largestPlaces(values: Float64Array, count: number): number[] {
  const best: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (best.length === count && !(values[i]! > values[best[count - 1]!]!)) continue
    const place = best.findIndex((other) => values[i]! > values[other]!)
    best.splice(place < 0 ? best.length : place, 0, i)
    best.length = Math.min(best.length, count)
  }
  return best
}

/** For each of `ids`, the tokens of the answer in turn, at most `most` alternatives. */
export function answerOdds(ids: readonly number[], { vocabularySize, base, tuned }: AnswerLogits, most: number): PlaceOdds[] {
  const row = (logits: Float32Array, place: number) => softmax(logits.subarray(place * vocabularySize, (place + 1) * vocabularySize))
  return ids.map((id, place) => {
    const before = row(base, place)
    const after = tuned && row(tuned, place)
    const odds = (token: number): TokenOdds => ({ id: token, base: before[token]!, tuned: after?.[token] })
    const best = largestPlaces(after ? before.map((mass, token) => (mass + after[token]!) / 2) : before, most)
    return { ...odds(id), alternatives: (best.includes(id) ? best : [...best.slice(0, -1), id]).map(odds) }
  })
}
