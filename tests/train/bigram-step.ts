/**
 * A real, small trainable thing on the CPU: a bigram model (next token from this one) with a frozen base and a LoRA
 * pair on it, softmax cross-entropy, dropout on the LoRA input, global-norm clipping and AdamW. Its gradients are true.
 * logits[t] = W0[t] + s · B · (mask ∘ A[:, t]).
 */
import type { LoraAdapter, LoraConfig } from '../../src/adapters/types.ts'
import type { MicroBatch } from '../../src/data/types.ts'
import { threefry2x32, uniformFromBits } from '../../src/engine/random.ts'
import type { OptimizerState, PlanReport, StepMetrics, TrainingStep } from '../../src/train/types.ts'

export const VOCABULARY = 12

const report: PlanReport = {
  weightBytes: 0, adapterBytes: 0, optimizerBytes: 0, activationBytes: 0, totalBytes: 0, largestBytes: 0, buffers: 0, dispatches: 0,
}

function uniform(seed: number, stream: number, index: number): number {
  return uniformFromBits(threefry2x32(seed, stream, index, 0)[0])
}

/** The frozen base: logits [this token, next token]. */
export function bigramBase(vocabulary: number): Float64Array {
  return Float64Array.from({ length: vocabulary ** 2 }, (_, i) => uniform(7, 0, i) - 0.5)
}

/** What a test may do to the model between steps, to make a fault happen for real. */
export interface Faults {
  /** Called with the index of the step that is queued. */
  onStep?: (index: number, model: BigramStep) => void
  onReadAdapter?: () => void
}

export class BigramStep implements TrainingStep {
  readonly report = report
  readonly #vocabulary: number
  readonly base: Float64Array
  readonly a: Float32Array
  readonly b: Float32Array
  #optimizer: OptimizerState
  #module = 'toy'
  readonly #config: LoraConfig
  readonly #settings: { weightDecay: number; clipNorm: number; seed: number }
  readonly #faults: Faults
  /** The most steps that were outstanding at once. */
  mostInFlight = 0
  #inFlight = 0
  /** Multiplies every gradient; NaN makes the gradient bad while the loss stays finite. */
  gradientFactor = 1
  destroyed = false

  constructor(
    config: LoraConfig, settings: { weightDecay: number; clipNorm: number; seed: number }, faults: Faults = {}, vocabulary = VOCABULARY,
  ) {
    this.#vocabulary = vocabulary
    this.#config = config
    this.#settings = settings
    this.#faults = faults
    const size = config.rank * this.#vocabulary
    this.base = bigramBase(vocabulary)
    this.a = Float32Array.from({ length: size }, (_, i) => uniform(settings.seed, 1, i) - 0.5)
    this.b = new Float32Array(size)
    this.#optimizer = { step: 0, firstMoment: new Float32Array(2 * size), secondMoment: new Float32Array(2 * size) }
  }

  async step(batches: readonly MicroBatch[], settings: { learningRate: number; randomStep: number }): Promise<StepMetrics> {
    this.#faults.onStep?.(settings.randomStep, this)
    const weight = batches.reduce((sum, batch) => sum + batch.weightSum, 0)
    const gradient = new Float64Array(2 * this.a.length)
    const losses = batches.map((batch, i) => this.#accumulate(batch, gradient, weight, settings.randomStep * 1000 + i))
    const metrics = this.#update(gradient, settings.learningRate)
    this.mostInFlight = Math.max(this.mostInFlight, ++this.#inFlight)
    await new Promise((resolve) => setImmediate(resolve))
    this.#inFlight--
    return { loss: losses.reduce((sum, loss) => sum + loss, 0) / weight, ...metrics }
  }

  async evaluate(batch: MicroBatch): Promise<{ lossSum: number; weightSum: number }> {
    const lossSum = this.#accumulate(batch, undefined, 1, undefined)
    await new Promise((resolve) => setImmediate(resolve))
    return { lossSum, weightSum: batch.weightSum }
  }

  #mask(randomStep: number | undefined, target: number, r: number): number {
    const { dropout } = this.#config
    if (dropout === 0 || randomStep === undefined) return 1
    return uniform(this.#settings.seed, randomStep, target * 64 + r) < dropout ? 0 : 1 / (1 - dropout)
  }

  /** Weighted loss sum of one micro-batch; adds its part of the mean loss's gradient where one is asked for. */
  #accumulate(batch: MicroBatch, gradient: Float64Array | undefined, weight: number, randomStep: number | undefined): number {
    const { rank, alpha } = this.#config
    const scale = alpha / rank
    let lossSum = 0
    for (let k = 0; k < batch.layout.targetCapacity; k++) {
      const w = batch.targetWeights[k]!
      if (w === 0) continue
      const token = batch.tokens[batch.targetRows[k]!]!
      const mask = Array.from({ length: rank }, (_, r) => this.#mask(randomStep, k, r))
      const hidden = mask.map((m, r) => m * this.a[r * this.#vocabulary + token]!)
      const logits = Float64Array.from({ length: this.#vocabulary }, (_, v) =>
        this.base[token * this.#vocabulary + v]! + scale * hidden.reduce((sum, h, r) => sum + this.b[v * rank + r]! * h, 0))
      const top = Math.max(...logits)
      const exps = logits.map((logit) => Math.exp(logit - top))
      const total = exps.reduce((sum, e) => sum + e, 0)
      lossSum += w * (Math.log(total) + top - logits[batch.targetIds[k]!]!)
      if (!gradient) continue
      exps.forEach((e, v) => {
        const d = (w / weight) * (e / total - (v === batch.targetIds[k] ? 1 : 0)) * scale
        for (let r = 0; r < rank; r++) {
          gradient[r * this.#vocabulary + token]! += d * mask[r]! * this.b[v * rank + r]!
          gradient[this.a.length + v * rank + r]! += d * hidden[r]!
        }
      })
    }
    return lossSum
  }

  #update(gradient: Float64Array, learningRate: number): { gradientNorm: number; skipped: boolean } {
    const gradientNorm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)) * this.gradientFactor
    if (!Number.isFinite(gradientNorm)) return { gradientNorm, skipped: true }
    const clip = Math.min(1, this.#settings.clipNorm / (gradientNorm + 1e-6))
    const { firstMoment, secondMoment } = this.#optimizer
    const t = ++this.#optimizer.step
    gradient.forEach((raw, i) => {
      const g = raw * clip
      const [values, at] = i < this.a.length ? [this.a, i] : [this.b, i - this.a.length]
      firstMoment[i] = 0.9 * firstMoment[i]! + 0.1 * g
      secondMoment[i] = 0.999 * secondMoment[i]! + 0.001 * g * g
      const update = firstMoment[i] / (1 - 0.9 ** t) / (Math.sqrt(secondMoment[i] / (1 - 0.999 ** t)) + 1e-8)
      values[at] = values[at]! - learningRate * (update + this.#settings.weightDecay * values[at]!)
    })
    return { gradientNorm, skipped: false }
  }

  async readAdapter(): Promise<LoraAdapter> {
    this.#faults.onReadAdapter?.()
    const pair = { module: this.#module, inFeatures: this.#vocabulary, outFeatures: this.#vocabulary, a: this.a.slice(), b: this.b.slice() }
    return { config: this.#config, pairs: [pair] }
  }

  async readOptimizer(): Promise<OptimizerState> {
    const { step, firstMoment, secondMoment } = this.#optimizer
    return { step, firstMoment: firstMoment.slice(), secondMoment: secondMoment.slice() }
  }

  writeAdapter(adapter: LoraAdapter): void {
    this.#module = adapter.pairs[0]!.module
    this.a.set(adapter.pairs[0]!.a)
    this.b.set(adapter.pairs[0]!.b)
  }

  writeOptimizer(state: OptimizerState): void {
    this.#optimizer = { step: state.step, firstMoment: state.firstMoment.slice(), secondMoment: state.secondMoment.slice() }
  }

  destroy(): void {
    this.destroyed = true
  }
}
