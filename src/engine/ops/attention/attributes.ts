/** What an attention node carries, and the mark of a query that sees nothing. */

export interface AttentionAttributes {
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly scale: number
  /** How the bias is read, where there is one. */
  readonly relative?: RelativePositions | undefined
}

/** How the rows of a bias stand for distances from a query to a key. */
export interface RelativePositions {
  /** The row for a key at the query's own place. Keys beyond the first and the last row share these. */
  readonly origin: number
  /** A query's own place among the keys: the last that it sees (causal attention), or the one of its own number. */
  readonly own: 'last seen' | 'same row'
}

/** Log-sum-exp of a query that sees no key; its output is zero. */
export const EMPTY_LOG_SUM = -1e30
