/** TensorFlow.js in Node: its Wasm backend where that loads, else plain JavaScript. No native module. */
import { HomespunError } from '../errors.ts'
import type { OpenTfjs, TfjsPort } from '../service/engines/tfjs.ts'

const DEVICES = { wasm: 'processor, through WebAssembly, 1 thread', cpu: 'processor, through JavaScript, 1 thread' } as const

/** Throws HomespunError 'tfjs-unavailable' where none of `backends` starts. */
export async function openNodeTfjs(backends: readonly (keyof typeof DEVICES)[] = ['wasm', 'cpu']): Promise<OpenTfjs> {
  const [tf, { holdBackend }, { registerGradients }, { improveWasmKernels }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('../engine/tfjs/backend.ts'),
    import('../engine/tfjs/gradients.ts'),
    import('../engine/tfjs/wasm-kernels.ts'),
    import('@tensorflow/tfjs-backend-cpu'),
    import('@tensorflow/tfjs-backend-wasm'),
  ])
  // Otherwise it advises a native module.
  tf.enableProdMode()
  registerGradients()
  for (const backend of backends) {
    const close = await holdBackend(tf, backend)
    if (!close) continue
    if (backend === 'wasm') improveWasmKernels(tf)
    return { tf, device: DEVICES[backend], software: true, lost: new Promise(() => undefined), close }
  }
  throw new HomespunError('tfjs-unavailable', 'TensorFlow.js does not start here.', { fix: 'Use --engine onnx.' })
}

/** Node has no WebGL. */
export const nodeTfjs: TfjsPort = { open: () => openNodeTfjs(), openWebGl: async () => undefined }
