/**
 * Which engine: a hardware GPU through WebGPU where there is one, else ONNX Runtime, which is many times faster than WebGPU in
 * software; or TensorFlow.js, where it reaches a hardware GPU through WebGL and a measured trial says that this is faster.
 */
import { HomespunError } from '../../errors.ts'
import { modelFromConfig } from '../../models/index.ts'
import type { DeviceHost } from '../device.ts'
import type { EnginePort, OpenEngine } from '../ports.ts'
import type { OpenRuntime } from './onnx.ts'
import type { OpenTfjs, TfjsPort } from './tfjs.ts'
import { openWebGpu } from './webgpu.ts'

/** Codes with which `openWebGpu` says that this browser has no usable GPU. */
const NO_GPU = new Set(['webgpu-missing', 'adapter-missing', 'limits-too-low', 'gpu-unavailable'])

/** The engines of this page; `openRuntime` loads ONNX Runtime and `tfjs` TensorFlow.js, each only where it is used. */
export function engines(openRuntime: () => Promise<OpenRuntime>, tfjs: TfjsPort): EnginePort {
  // Loaded when wanted: most of it is of no use to a browser with a GPU.
  const onOnnx = async (runtime: OpenRuntime, why: string) => (await import('./onnx.ts')).engineOver(runtime, why)
  const onTfjs = async (opened: OpenTfjs, why: string) => (await import('./tfjs.ts')).engineOverTfjs(opened, why)

  async function withoutWebGpu(reason: string): Promise<OpenEngine> {
    const [runtime, webGl] = await Promise.all([openRuntime(), tfjs.openWebGl().catch(() => undefined)])
    const times = webGl && (await (await import('./trial.ts')).timeTrial(runtime.runtime, webGl.tf).catch(() => undefined))
    if (times && times.tfjs < times.onnx) return onTfjs(webGl, `${reason} ${comparison('TensorFlow.js', times.tfjs, 'the processor', times.onnx)}`)
    webGl?.close()
    return onOnnx(runtime, times ? `${reason} ${comparison('the processor', times.onnx, 'TensorFlow.js', times.tfjs)}` : `${reason} So the processor does the work.`)
  }

  return {
    checkModel: ({ config }) => void modelFromConfig(config),
    async open(host, wish) {
      if (wish === 'webgpu') return openWebGpu(host)
      if (wish === 'onnx') return onOnnx(await openRuntime(), 'You chose the processor.')
      if (wish === 'tfjs') return onTfjs(await tfjs.open(), 'You chose TensorFlow.js.')
      const found = await hardware(host)
      return found instanceof HomespunError ? withoutWebGpu(found.what) : found
    },
  }
}

/** "A trial step took 12 ms on TensorFlow.js and 30 ms, 2.5 times as long, on the processor. So TensorFlow.js does the work." */
function comparison(faster: string, seconds: number, slower: string, slowerSeconds: number): string {
  const milliseconds = (time: number) => `${time < 0.01 ? (time * 1000).toFixed(1) : Math.round(time * 1000)} ms`
  const ratio = (slowerSeconds / seconds).toFixed(1)
  return `A trial step took ${milliseconds(seconds)} on ${faster} and ${milliseconds(slowerSeconds)}, ${ratio} times as long, on ${slower}. So ${faster} does the work.`
}

/** A GPU that is no software adapter; or why there is none. Throws what else goes wrong. */
async function hardware(host: DeviceHost): Promise<OpenEngine | HomespunError> {
  let engine: OpenEngine
  try {
    engine = await openWebGpu(host)
  } catch (error) {
    if (error instanceof HomespunError && NO_GPU.has(error.code)) return error
    throw error
  }
  if (!engine.report.software) return engine
  engine.close()
  return new HomespunError('adapter-software', 'This browser offers WebGPU only in software, which is slower than the processor itself.')
}
