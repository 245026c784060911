/** TensorFlow.js in Node: its Wasm backend where that loads, else plain JavaScript. No native module. */
import { HomespunError } from '../errors.ts'
import type { OpenTfjs } from '../service/engines/open-tfjs.ts'

const DEVICES = { wasm: 'processor, through WebAssembly, 1 thread', cpu: 'processor, through JavaScript' } as const

/** Throws HomespunError 'tfjs-unavailable' where none of `backends` starts. */
export async function openNodeTfjs(backends: readonly (keyof typeof DEVICES)[] = ['wasm', 'cpu']): Promise<OpenTfjs> {
  const [tf, { registerGradients }, { improveWasmKernels }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('../engine/tfjs/gradients.ts'),
    import('../engine/tfjs/wasm-kernels.ts'),
    import('@tensorflow/tfjs-backend-cpu'),
    import('@tensorflow/tfjs-backend-wasm'),
  ])
  // Otherwise it advises a native module, and looks for numbers that are not finite after each operation.
  tf.enableProdMode()
  registerGradients()
  for (const backend of backends) {
    if (!(await tf.setBackend(backend).catch(() => false))) continue
    if (backend === 'wasm') improveWasmKernels(tf)
    return { tf, device: DEVICES[backend], software: true, lost: new Promise(() => undefined), close: () => tf.removeBackend(backend) }
  }
  throw new HomespunError('tfjs-unavailable', 'TensorFlow.js starts on none of its backends here.', { fix: 'Use --engine onnx.' })
}
