/** How the cost of a step grows: with tokens, and with parameters. */
import type { Bench } from './lib/bench.ts'
import { onnxStep } from './lib/onnx-step.ts'
import { parametersOf, SMALL, type LlamaSizes } from './lib/random-model.ts'
import { byTurns, type Result } from './lib/rounds.ts'

/** The slope of a line through (log x, log y): 1 is proportional. */
function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const mean = (of: (point: readonly [number, number]) => number) => logs.reduce((sum, point) => sum + of(point), 0) / logs.length
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)]
  return mean(([x, y]) => (x - mx) * (y - my)) / mean(([x]) => (x - mx) ** 2)
}

const slopeLine = (what: string, xs: readonly number[], results: readonly Result[]) =>
  `time grows as ${what} to the power ${exponent(results.map(({ median }, i) => [xs[i]!, median] as const)).toFixed(2)}`

const LENGTHS = [64, 128, 256, 512, 1024, 2048]

export const tokens: Bench = {
  name: 'tokens',
  title: 'LoRA step of the 5.5M-parameter model against tokens (examples of 64)',
  async run({ runtime, rounds, tell }) {
    const make = (count: number) =>
      onnxStep(`${count} tokens`, runtime, SMALL, { examples: count / 64, length: 64, vocabulary: SMALL.vocabulary, targets: 1 })
    const results: Result[] = []
    for (const count of LENGTHS) {
      const contestant = await make(count)
      results.push(...(await byTurns([contestant], Math.max(3, rounds / 2), 2, tell)))
      contestant.close()
    }
    return { results, base: `${LENGTHS[0]} tokens`, notes: [slopeLine('tokens', LENGTHS, results)] }
  },
}

/** From 1M to 30M parameters, vocabulary included. */
const MODELS: LlamaSizes[] = [
  { ...SMALL, hidden: 128, intermediate: 352, layers: 3, heads: 4, kvHeads: 2 },
  { ...SMALL, hidden: 192, intermediate: 512, layers: 5, heads: 6, kvHeads: 3 },
  SMALL,
  { ...SMALL, hidden: 384, intermediate: 1024, layers: 8, heads: 12, kvHeads: 4 },
  { ...SMALL, hidden: 512, intermediate: 1408, layers: 10, heads: 16, kvHeads: 4 },
]

export const parameters: Bench = {
  name: 'parameters',
  title: 'LoRA step at 4 × 64 tokens against parameters',
  async run({ runtime, rounds, tell }) {
    const results: Result[] = []
    const counts = MODELS.map(parametersOf)
    for (const [i, sizes] of MODELS.entries()) {
      const name = `${(counts[i]! / 1e6).toFixed(1)}M parameters`
      const contestant = await onnxStep(name, runtime, sizes, { examples: 4, length: 64, vocabulary: sizes.vocabulary, targets: 1 })
      results.push(...(await byTurns([contestant], Math.max(3, rounds / 2), 2, tell)))
      contestant.close()
    }
    return { results, base: results[0]!.name, notes: [slopeLine('parameters', counts, results)] }
  },
}
