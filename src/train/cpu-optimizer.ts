/** Norm, clipping, the check for numbers that are not finite, and AdamW over flat arrays: as `updateGraph`, on the CPU. */
import type { OptimizerSettings } from './optimizer.ts'
import type { OptimizerState } from './types.ts'

export class CpuOptimizer {
  readonly #settings: OptimizerSettings
  #first: Float32Array<ArrayBuffer>
  #second: Float32Array<ArrayBuffer>
  #updates = 0

  constructor(size: number, settings: OptimizerSettings) {
    this.#settings = settings
    this.#first = new Float32Array(size)
    this.#second = new Float32Array(size)
  }

  /**
   * One update of `parameters` in place, left out where the loss or a gradient is not finite.
   * Clipping as torch.nn.utils.clip_grad_norm_, the update as torch.optim.AdamW (Loshchilov & Hutter, 2019).
   */
  update(parameters: Float32Array, gradient: Float32Array, loss: number, learningRate: number): { gradientNorm: number; skipped: boolean } {
    let squares = 0
    for (const g of gradient) squares += g * g
    const gradientNorm = Math.sqrt(squares)
    const skipped = !Number.isFinite(loss) || !Number.isFinite(squares)
    if (!skipped) this.#apply(parameters, gradient, gradientNorm, learningRate)
    return { gradientNorm, skipped }
  }

  read(): OptimizerState {
    return { step: this.#updates, firstMoment: this.#first.slice(), secondMoment: this.#second.slice() }
  }

  write({ step, firstMoment, secondMoment }: OptimizerState): void {
    this.#updates = step
    this.#first = Float32Array.from(firstMoment)
    this.#second = Float32Array.from(secondMoment)
  }

  #apply(parameters: Float32Array, gradient: Float32Array, norm: number, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay, clipNorm } = this.#settings
    const [first, second] = [this.#first, this.#second]
    this.#updates++
    const scale = clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1
    const rate = learningRate / (1 - beta1 ** this.#updates)
    const root2 = Math.sqrt(1 - beta2 ** this.#updates)
    const keep = 1 - learningRate * weightDecay
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i]! * scale
      const m = beta1 * first[i]! + (1 - beta1) * g
      const v = beta2 * second[i]! + (1 - beta2) * g * g
      first[i] = m
      second[i] = v
      parameters[i] = parameters[i]! * keep - (rate * m) / (Math.sqrt(v) / root2 + epsilon)
    }
  }
}
