/** What an op's TensorFlow.js form works with. Types alone: the library comes from whoever runs a graph. */
import type * as tfjs from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Value } from '../graph.ts'
import type { DropoutAttributes } from '../ops/dropout.ts'

export type { Tensor } from '@tensorflow/tfjs-core'
export type Tf = typeof tfjs

export interface TfjsContext {
  readonly tf: Tf
  /** Equal, independent blocks that the rows of every activation divide into: no token sees one of another block. */
  readonly blocks: number
  /** The tensor that holds a value; u32 is int32 with the same bits. Rows may be other in number than the graph says. */
  readonly of: (value: Value | undefined) => Tensor
  /** True for an output that something reads: others may be left out. */
  readonly isUsed: (value: Value | undefined) => boolean
  /** The mask of one use of dropout on x: 0, or 1/(1 − p), for each element; [1, 1] where all are kept. */
  readonly mask: (attributes: DropoutAttributes, x: Value) => Tensor
  /** What `make` gives, made the first time that `key` is asked for: pieces that several ops share. */
  readonly shared: (key: string, make: () => Tensor) => Tensor
}
