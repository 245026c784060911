/** Which engine: a hardware GPU where there is one, else ONNX Runtime, which is many times faster than WebGPU in software. */
import { HomespunError } from '../../errors.ts'
import { modelFromConfig } from '../../models/index.ts'
import type { DeviceHost } from '../device.ts'
import type { EnginePort, OpenEngine } from '../ports.ts'
import type { OpenRuntime } from './onnx.ts'
import { openWebGpu } from './webgpu.ts'

/** Codes with which `openWebGpu` says that this browser has no usable GPU. */
const NO_GPU = new Set(['webgpu-missing', 'adapter-missing', 'limits-too-low', 'gpu-unavailable'])

/** The engines of this page; `openRuntime` loads ONNX Runtime, and is called only where that is used. */
export function engines(openRuntime: () => Promise<OpenRuntime>): EnginePort {
  // Loaded when wanted: most of it is of no use to a browser with a GPU.
  const onnx = async (why: string) => (await import('./onnx.ts')).engineOver(await openRuntime(), why)
  return {
    checkModel: ({ config }) => void modelFromConfig(config),
    async open(host, wish) {
      if (wish === 'webgpu') return openWebGpu(host)
      if (wish === 'onnx') return onnx('You chose the processor.')
      const found = await hardware(host)
      return found instanceof HomespunError ? onnx(`${found.what} So the processor does the work.`) : found
    },
  }
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
