/** What an attention node carries, and the mark of a query that sees nothing. */

export interface AttentionAttributes {
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly scale: number
}

/** Log-sum-exp of a query that sees no key; its output is zero. */
export const EMPTY_LOG_SUM = -1e30
