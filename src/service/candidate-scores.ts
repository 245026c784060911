/** How likely a model finds each of many answers to one question, from few passes: what they share is read once. */
import type { LoraAdapter } from '../adapters/types.ts'
import { packMicroBatch } from '../data/batch/pack.ts'
import type { TokenizedExample } from '../data/types.ts'
import type { Sequences } from '../generate/forward-graph.ts'
import { NextLikelihoods, sharedLength, stemsOf, type Stem } from '../generate/exposure.ts'
import type { LoadedModel } from './ports.ts'

/** Tokens of a pass: few, because a processor keeps every token's scores for every other. */
const MOST_TOKENS = 512
/** Logits of a pass: those of a large vocabulary would not fit one buffer. */
const MOST_LOGIT_BYTES = 64 * 2 ** 20
const LENGTH_MULTIPLE = 32

/** A place in a pass whose logits are wanted: what they follow. */
interface Wanted {
  row: number
  stem: Stem
  length: number
}

interface Pass {
  batch: Sequences
  wanted: Wanted[]
}

const roundUp = (value: number, multiple: number) => Math.ceil(value / multiple) * multiple

/** The same shape for all of them, so that kernels are compiled once. */
function passesOf(stems: readonly Stem[], source: Uint32Array | undefined): Pass[] {
  const longest = stems.reduce((most, { tokens }) => Math.max(most, tokens.length), 0)
  const together = Math.min(stems.length, Math.max(1, Math.floor(MOST_TOKENS / Math.max(longest, source?.length ?? 0))))
  const layout = {
    rows: 1, rowLength: roundUp(together * longest, LENGTH_MULTIPLE), targetCapacity: 1,
    ...(source && { sourceLength: roundUp(together * source.length, LENGTH_MULTIPLE) }),
  }
  return Array.from({ length: Math.ceil(stems.length / together) }, (_, pass) => {
    const some = stems.slice(pass * together, (pass + 1) * together)
    const batch = packMicroBatch(some.map(({ tokens }) => ({ row: 0, tokens, weights: new Float32Array(tokens.length), truncated: 0, ...(source && { source }) })), layout)
    const wanted = some.flatMap((stem, i) => {
      const begin = batch.segmentIds.indexOf(i + 1)
      return Array.from(stem.nexts.keys(), (length) => ({ row: begin + length - 1, stem, length }))
    })
    return { batch, wanted: wanted.sort((one, two) => one.row - two.row) }
  })
}

/**
 * The sum of log-likelihoods (nats) of what each candidate has after the tokens that all of them share. They have the same source,
 * where there is an encoder. `between` is called before each pass. Throws what the engine throws.
 */
export async function candidateScores(
  { logits, vocabularySize }: Pick<LoadedModel, 'logits' | 'vocabularySize'>, candidates: readonly Pick<TokenizedExample, 'tokens' | 'source'>[],
  adapter: LoraAdapter | undefined, between: (share: number) => void = () => undefined,
): Promise<Float64Array> {
  const tokens = candidates.map((candidate) => candidate.tokens)
  const passes = passesOf(stemsOf(tokens), candidates[0]?.source)
  const known = new NextLikelihoods()
  const mostWanted = passes.reduce((most, { wanted }) => Math.max(most, wanted.length), 0)
  const atOnce = Math.max(1, Math.min(mostWanted, Math.floor(MOST_LOGIT_BYTES / (4 * vocabularySize))))
  for (const [done, { batch, wanted }] of passes.entries()) {
    for (let begin = 0; begin < wanted.length; begin += atOnce) {
      between(done / passes.length)
      const some = wanted.slice(begin, begin + atOnce)
      const rows = Uint32Array.from({ length: atOnce }, (_, i) => some[Math.min(i, some.length - 1)]!.row)
      const values = await logits({ ...batch, wanted: rows }, adapter)
      for (const [i, { stem, length }] of some.entries()) known.learn(stem, length, values.subarray(i * vocabularySize, (i + 1) * vocabularySize))
    }
  }
  const shared = sharedLength(tokens)
  return Float64Array.from(tokens, (candidate) => known.of(candidate, shared))
}
