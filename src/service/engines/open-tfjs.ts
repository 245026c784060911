/** What an engine over TensorFlow.js needs: the library, with a backend that works. */
import type { Tf } from '../../engine/tfjs/context.ts'

export interface OpenTfjs {
  readonly tf: Tf
  /** As a person would name what it runs on: "Apple M2, through WebGL", "processor, through WebAssembly". */
  readonly device: string
  readonly software: boolean
  readonly lost: Promise<{ message: string }>
  /** Frees the backend and all that lies in it. */
  close(): void
}
