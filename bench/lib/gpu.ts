/** Programs that compute on the GPU, in Node through Dawn: where there is a GPU, or a software adapter was asked for. */
import { openNodeDevice } from '../../src/cli/dawn.ts'
import { holdBackend } from '../../src/engine/tfjs/backend.ts'
import { registerGradients } from '../../src/engine/tfjs/gradients.ts'
import type { OnnxRuntime } from '../../src/engine/onnx/session.ts'
import type { BatchSizes } from './examples.ts'
import { jaxStep } from './jax.ts'
import { onnxStep } from './onnx-step.ts'
import type { LlamaSizes } from './random-model.ts'
import type { Contestant } from './rounds.ts'
import { tfjsStepOn } from './tfjs-step.ts'
import { webgpuStep } from './webgpu-step.ts'

/** Ours first, then ONNX Runtime's and TensorFlow.js's WebGPU backends under our graph, and jax-js where wanted. */
export async function gpuSteps(sizes: LlamaSizes, batch: BatchSizes, { software, jax }: { software: boolean; jax: boolean }): Promise<Contestant[]> {
  const opened = await openNodeDevice().catch(() => undefined)
  const fits = opened !== undefined && (software || !opened.report.software)
  opened?.device.destroy()
  if (!fits) return []
  const ours = await webgpuStep(sizes, batch)
  await offerNavigator()
  const contestants = [ours, await onnxStep('onnx (webgpu)', await onnxOnWebGpu(), sizes, batch), await tfjsStepOn('tfjs (webgpu)', await openTfjs(), sizes, batch)]
  const other = jax ? await jaxStep(sizes, batch, 'webgpu') : undefined
  return other ? [...contestants, other] : contestants
}

/** Libraries look for a browser's. */
async function offerNavigator(): Promise<void> {
  const dawn = await import('webgpu')
  const navigator = { gpu: dawn.create([]), userAgent: 'Node', hardwareConcurrency: 1 }
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
}

async function onnxOnWebGpu(): Promise<OnnxRuntime> {
  const { readFile } = await import('node:fs/promises')
  const ort = await import('onnxruntime-web/webgpu')
  ort.env.wasm.numThreads = 1
  ort.env.logLevel = 'error'
  const binary = await readFile(new URL(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm')))
  ort.env.wasm.wasmBinary = binary.buffer
  const { Tensor, InferenceSession } = ort as unknown as OnnxRuntime
  return { Tensor, InferenceSession: { create: (model, options) => InferenceSession.create(model, { ...options, executionProviders: ['webgpu'] }) } }
}

async function openTfjs() {
  const [tf] = await Promise.all([import('@tensorflow/tfjs-core'), import('@tensorflow/tfjs-backend-webgpu')])
  tf.enableProdMode()
  registerGradients()
  const close = await holdBackend(tf, 'webgpu')
  if (!close) throw new Error('TensorFlow.js does not start on WebGPU here.')
  return { tf, close }
}
