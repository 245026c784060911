/** How far our numbers are from PyTorch's: one figure a quantity, each with the tolerance it must keep. */
import { tensorName } from '../../adapters/peft-tensors.ts'
import type { LoraAdapter } from '../../adapters/types.ts'
import type { MicroBatch } from '../../data/types.ts'
import type { StepMetrics } from '../../train/types.ts'
import type { ParityCase } from './case.ts'

export interface Figure {
  name: string
  /** How far off; comparable with `tolerance`. NaN where something is missing or not a number. */
  value: number
  tolerance: number
  /** Where it is worst: a tensor, a step, a sequence. */
  at?: string
}

/** f32 noise within PyTorch itself is 15 to 30 times smaller than these. */
const TOLERANCE = { logits: 2e-5, trainedLogits: 2e-4, gradient: 1e-4, loss: 1e-4, adapter: 1e-3 }

export function passes({ value, tolerance }: Figure): boolean {
  return value <= tolerance
}

/** The largest of several figures; one that is not a number is larger than any. */
function worst(name: string, tolerance: number, entries: readonly { at: string; value: number }[]): Figure {
  const rank = (value: number) => (Number.isNaN(value) ? Infinity : value)
  const top = entries.reduce((a, b) => (rank(b.value) > rank(a.value) ? b : a), {
    at: '',
    value: entries.length > 0 ? -1 : Number.NaN,
  })
  return { name, tolerance, ...top }
}

/**
 * max |Δ| over all positions of all sequences, by max |expected|.
 * `ours` is [rows × rowLength, V] for `batch`; expected is (N, T, V) padded.
 */
export function logitsFigure(
  which: 'base' | 'init' | 'trained',
  given: ParityCase,
  batch: MicroBatch,
  ours: Float32Array,
): Figure {
  const expected = given.tensors.get(`${which}_logits`)
  const tolerance = which === 'trained' ? TOLERANCE.trainedLogits : TOLERANCE.logits
  const vocabulary = (expected?.length ?? 0) / (given.examples.length * given.paddedLength)
  const largest = expected?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0
  const entries = given.examples.map((_, index) => ({ at: `sequence ${index + 1}`, value: 0 }))
  if (!expected || ours.length !== batch.tokens.length * vocabulary) return worst(`${which} logits`, tolerance, [])
  for (let place = 0; place < batch.tokens.length; place++) {
    const segment = batch.segmentIds[place] ?? 0
    const position = batch.positions[place] ?? 0
    const entry = entries[segment - 1]
    if (!entry || position >= (given.lengths[segment - 1] ?? 0)) continue
    const theirs = ((segment - 1) * given.paddedLength + position) * vocabulary
    for (let v = 0; v < vocabulary; v++) {
      const difference = Math.abs((ours[place * vocabulary + v] ?? NaN) - (expected[theirs + v] ?? NaN)) / largest
      entry.value = Math.max(entry.value, Number.isNaN(difference) ? Infinity : difference)
    }
  }
  return worst(`${which} logits`, tolerance, entries)
}

/** ‖ours − theirs‖ / ‖theirs‖; NaN where lengths differ. */
function relativeError(pairs: readonly (readonly [Float32Array | undefined, Float32Array | undefined])[]): number {
  let difference = 0
  let norm = 0
  for (const [ours, theirs] of pairs) {
    if (!ours || !theirs || ours.length !== theirs.length) return NaN
    theirs.forEach((value, i) => {
      difference += ((ours[i] ?? NaN) - value) ** 2
      norm += value ** 2
    })
  }
  return Math.sqrt(difference / norm)
}

/** Every tensor's ‖Δ‖/‖g‖; `gradients` has the adapter's shape, a and b being their gradients. */
export function gradientFigure(given: ParityCase, gradients: LoraAdapter): Figure {
  const entries = gradients.pairs.flatMap(({ module, a, b }) =>
    (
      [
        ['a', a],
        ['b', b],
      ] as const
    ).map(([side, ours]) => {
      const name = tensorName(module, side)
      return { at: name, value: relativeError([[ours, given.tensors.get(`grad.${name}`)]]) }
    }),
  )
  const expected = [...given.tensors.keys()].filter((name) => name.startsWith('grad.')).length
  return worst('adapter gradients', TOLERANCE.gradient, entries.length === expected ? entries : [])
}

function seriesFigure(name: string, ours: readonly number[], theirs: readonly number[]): Figure {
  const entries = theirs.map((value, step) => ({
    at: `step ${step + 1}`,
    value: Math.abs((ours[step] ?? NaN) - value) / Math.abs(value),
  }))
  return worst(name, TOLERANCE.loss, entries)
}

/** Loss and gradient norm of every step. */
export function stepFigures(given: ParityCase, metrics: readonly StepMetrics[]): Figure[] {
  return [
    seriesFigure(
      'losses',
      metrics.map(({ loss }) => loss),
      given.losses,
    ),
    seriesFigure(
      'gradient norms',
      metrics.map(({ gradientNorm }) => gradientNorm),
      given.gradientNorms,
    ),
  ]
}

/** The adapter trained here against PEFT's, over all tensors together. */
export function adapterFigure(given: ParityCase, ours: LoraAdapter): Figure {
  const byModule = new Map(ours.pairs.map((pair) => [pair.module, pair]))
  const pairs = given.trained.pairs.flatMap(({ module, a, b }) => {
    const own = byModule.get(module)
    return [
      [own?.a, a],
      [own?.b, b],
    ] as const
  })
  return { name: 'trained adapter', value: relativeError(pairs), tolerance: TOLERANCE.adapter }
}

/** How many greedy tokens differ; none may. */
export function greedyFigure(which: 'base' | 'trained', given: ParityCase, ours: readonly (readonly number[])[]): Figure {
  const theirs = which === 'base' ? given.greedyBase : given.greedyTrained
  const entries = theirs.map((row, index) => ({
    at: `sequence ${index + 1}`,
    value: row.filter((token, i) => ours[index]?.[i] !== token).length + Math.max(0, (ours[index]?.length ?? 0) - row.length),
  }))
  return worst(`greedy tokens, ${which}`, 0, entries)
}

/** Figures as a table, worst places named where a figure is over. */
export function figureTable(name: string, figures: readonly Figure[]): string {
  const width = Math.max(...figures.map((figure) => figure.name.length))
  const rows = figures.map((figure) => {
    const ok = passes(figure)
    const shown = figure.tolerance === 0 ? String(figure.value) : figure.value.toExponential(2)
    const at = ok || !figure.at ? '' : `  (${figure.at})`
    return `  ${ok ? 'ok  ' : 'OVER'}  ${figure.name.padEnd(width)}  ${shown.padStart(9)}  of ${figure.tolerance}${at}`
  })
  return [name, ...rows].join('\n')
}
