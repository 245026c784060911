/** ONNX Runtime on Wasm in Node, as the terminal uses it. */
import * as runtime from 'onnxruntime-web'
import type { OnnxRuntime } from '../../src/engine/onnx/session.ts'

export const onnxRuntime: OnnxRuntime = runtime
