/** Which examples go into which micro-batch of which step, by number, so that going on after a break is a seek. */
import { HomespunError } from '../../errors.ts'
import { epochOrder } from './shuffle.ts'

export interface SamplerSettings {
  /** Examples in the training part. */
  count: number
  /** Examples in a micro-batch. */
  batchSize: number
  /** Micro-batches in an optimizer step. */
  accumulate: number
  seed: number
}

/**
 * Every epoch visits every example once, in an order of its own. An optimizer step takes `batchSize × accumulate`
 * examples in micro-batches of `batchSize`; the last step of an epoch takes what is left, and no step crosses epochs.
 */
export class BatchSampler {
  readonly #settings: SamplerSettings
  #epoch = -1
  #order: Uint32Array = new Uint32Array(0)

  /** Throws 'no-examples', 'bad-batch-size'. */
  constructor(settings: SamplerSettings) {
    const { count, batchSize, accumulate } = settings
    if (!(Number.isSafeInteger(count) && count > 0)) {
      throw new HomespunError('no-examples', 'There is no example to train on.', { fix: 'Add rows to the data.' })
    }
    for (const [name, value] of Object.entries({ 'batch size': batchSize, accumulation: accumulate })) {
      if (Number.isSafeInteger(value) && value > 0) continue
      throw new HomespunError('bad-batch-size', `The ${name} is ${value}.`, { where: name, fix: 'Use a whole number of at least 1.' })
    }
    this.#settings = settings
  }

  get stepsPerEpoch(): number {
    return Math.ceil(this.#settings.count / (this.#settings.batchSize * this.#settings.accumulate))
  }

  /** The micro-batches of optimizer step `step` (from 0, over all epochs), each as indices of its examples. */
  step(step: number): Uint32Array[] {
    const { count, batchSize, accumulate } = this.#settings
    const order = this.#orderOf(Math.floor(step / this.stepsPerEpoch))
    const first = (step % this.stepsPerEpoch) * batchSize * accumulate
    const end = Math.min(count, first + batchSize * accumulate)
    const batches: Uint32Array[] = []
    for (let from = first; from < end; from += batchSize) batches.push(order.slice(from, Math.min(end, from + batchSize)))
    return batches
  }

  #orderOf(epoch: number): Uint32Array {
    if (epoch !== this.#epoch) {
      this.#order = epochOrder(this.#settings.seed, epoch, this.#settings.count)
      this.#epoch = epoch
    }
    return this.#order
  }
}
