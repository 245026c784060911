/** AdamW and clipping, as every engine is told of them. */

/** What AdamW and clipping are told; the learning rate comes with each step. */
export interface OptimizerSettings {
  beta1: number
  beta2: number
  epsilon: number
  weightDecay: number
  /** Largest global norm of a gradient; 0 is off. */
  clipNorm: number
}

export const ADAMW_DEFAULTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const
