/** TensorFlow.js in the worker: on a graphics device where it reaches one, else on Wasm or in plain JavaScript. */
import { HomespunError } from '../../errors.ts'
import type { Tf } from '../../engine/tfjs/context.ts'
import { holdBackend, type TfjsBackend } from '../../engine/tfjs/backend.ts'
import { isSoftware, nameOf } from '../device.ts'
import type { OpenTfjs, TfjsPort } from './tfjs.ts'
import { openWebGlContext } from './webgl-context.ts'

const FOREVER = new Promise<never>(() => undefined)

async function loadCore(): Promise<Tf> {
  const [tf, { registerGradients }] = await Promise.all([import('@tensorflow/tfjs-core'), import('../../engine/tfjs/gradients.ts')])
  tf.enableProdMode()
  registerGradients()
  return tf
}

/** Undefined where the backend does not start. */
async function hold(tf: Tf, backend: TfjsBackend, rest: Pick<OpenTfjs, 'device' | 'software'> & Partial<OpenTfjs>): Promise<OpenTfjs | undefined> {
  const close = await holdBackend(tf, backend)
  return close && { tf, lost: FOREVER, close, ...rest }
}

/** Its WebGPU backend opens a device of its own. */
async function openWebGpu(): Promise<OpenTfjs | undefined> {
  const adapter = await (navigator as Partial<WorkerNavigator>).gpu?.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter || isSoftware(adapter.info)) return undefined
  const [tf] = await Promise.all([loadCore(), import('@tensorflow/tfjs-backend-webgpu')])
  const opened = await hold(tf, 'webgpu', { device: `${nameOf(adapter.info)}, through WebGPU`, software: false })
  return opened && { ...opened, lost: (tf.backend() as unknown as { device: GPUDevice }).device.lost }
}

/** A context in software or one that rounds to 16 bits is none to train on. */
async function openWebGl(): Promise<OpenTfjs | undefined> {
  const context = openWebGlContext()
  if (!context || context.software) return undefined
  const [tf, { setWebGLContext }] = await Promise.all([loadCore(), import('@tensorflow/tfjs-backend-webgl')])
  setWebGLContext(2, context.gl)
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return undefined
  return hold(tf, 'webgl', { device: `${context.name}, through WebGL`, software: false, lost: context.lost })
}

/** One thread: those of this backend start from addresses (blob:) that the page's policy does not admit. */
async function openWasm(): Promise<OpenTfjs | undefined> {
  const [tf, { setWasmPaths }, { improveWasmKernels }, { default: plain }, { default: simd }] = await Promise.all([
    loadCore(),
    import('@tensorflow/tfjs-backend-wasm'),
    import('../../engine/tfjs/wasm-kernels.ts'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
  ])
  const address = (path: string) => new URL(path, import.meta.url).href
  const simdAddress = address(simd)
  setWasmPaths({ 'tfjs-backend-wasm.wasm': address(plain), 'tfjs-backend-wasm-simd.wasm': simdAddress, 'tfjs-backend-wasm-threaded-simd.wasm': simdAddress })
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  const opened = await hold(tf, 'wasm', { device: 'processor, through WebAssembly, 1 thread', software: true })
  if (opened) improveWasmKernels(tf)
  return opened
}

async function openCpu(): Promise<OpenTfjs | undefined> {
  const [tf] = await Promise.all([loadCore(), import('@tensorflow/tfjs-backend-cpu')])
  return hold(tf, 'cpu', { device: 'processor, through JavaScript, 1 thread', software: true })
}

export const browserTfjs: TfjsPort = {
  async open() {
    for (const open of [openWebGpu, openWebGl, openWasm, openCpu]) {
      const opened = await open().catch(() => undefined)
      if (opened) return opened
    }
    throw new HomespunError('tfjs-unavailable', 'TensorFlow.js does not start in this browser.', { fix: 'Choose the processor.' })
  },
  openWebGl,
}
