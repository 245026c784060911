/** What computes, by the name of the software. */
import type { EngineKind } from '../../service/types.ts'

export const engineNames: Record<EngineKind, string> = { webgpu: 'WebGPU', onnx: 'ONNX Runtime, in WebAssembly', tfjs: 'TensorFlow.js' }
