/** ONNX Runtime in the browser: its Wasm build, loaded when it is first wanted, with as many threads as the page may have. */
import type { OnnxRuntime } from '../../engine/onnx/session.ts'
import type { OpenRuntime } from './onnx.ts'

/** Beyond this the work of a small model is not enough to share. */
const MOST_THREADS = 8

/** The number of threads is fixed by the first session of a page. */
export async function openBrowserRuntime(): Promise<OpenRuntime> {
  const [ort, { default: wasm }, { default: mjs }] = await Promise.all([
    import('onnxruntime-web/wasm'),
    import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url'),
    import('onnxruntime-web/ort-wasm-simd-threaded.mjs?url'),
  ])
  const threads = crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1
  ort.env.wasm.numThreads = threads
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href, mjs: new URL(mjs, import.meta.url).href }
  ort.env.logLevel = 'error'
  return {
    runtime: ort as unknown as OnnxRuntime,
    threads,
    fewThreads: crossOriginIsolated ? undefined : 'The server does not isolate this page (COOP and COEP), so only one thread may be used.',
  }
}
