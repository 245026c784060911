/** The engines of this machine: a GPU through Dawn where there is one, else ONNX Runtime on Wasm, which needs nothing. */
import { engines } from '../service/engines/choose.ts'
import { engineOn } from '../service/engines/webgpu.ts'
import type { OpenEngine } from '../service/ports.ts'
import type { EngineWish } from '../service/types.ts'
import { openNodeDevice } from './dawn.ts'
import { openNodeRuntime } from './onnx.ts'
import { nodeTfjs } from './tfjs.ts'

/** 'auto' takes a hardware GPU or the processor; 'webgpu' takes a software adapter too. Throws what opening the engine throws. */
export async function openNodeEngine(wish: EngineWish): Promise<OpenEngine> {
  if (wish === 'webgpu') return engineOn(await openNodeDevice())
  if (wish !== 'auto') return engines(openNodeRuntime, nodeTfjs).open({ gpu: undefined, secure: true }, wish)
  // Whatever is missing for a GPU, the processor is there.
  const gpu = await openNodeDevice().catch(() => undefined)
  if (gpu && !gpu.report.software) return engineOn(gpu)
  gpu?.device.destroy()
  const { engineOver } = await import('../service/engines/onnx.ts')
  return engineOver(await openNodeRuntime(), 'No GPU was found, so the processor does the work.')
}
