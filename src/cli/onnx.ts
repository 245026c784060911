/** ONNX Runtime on Wasm in Node: no browser, no native module. */
import { availableParallelism } from 'node:os'
import * as ort from 'onnxruntime-web'
import type { OnnxRuntime } from '../engine/onnx/session.ts'
import type { OpenRuntime } from '../service/engines/onnx.ts'

/** Beyond this the work of a small model is not enough to share. */
const MOST_THREADS = 8

/** The number of threads is fixed by the first session. */
export async function openNodeRuntime(): Promise<OpenRuntime> {
  const threads = Math.min(availableParallelism(), MOST_THREADS)
  ort.env.wasm.numThreads = threads
  ort.env.logLevel = 'error'
  return { runtime: ort as unknown as OnnxRuntime, threads, fewThreads: undefined }
}
