/** The engines of this machine: a GPU through Dawn where there is one, else ONNX Runtime on Wasm, which needs nothing. */
import { engines } from '../service/engines/choose.ts'
import { engineOn } from '../service/engines/webgpu.ts'
import type { OpenEngine } from '../service/ports.ts'
import type { EngineWish } from '../service/types.ts'
import { loadDawn, openNodeDevice } from './dawn.ts'
import { openNodeRuntime } from './onnx.ts'
import { nodeTfjs } from './tfjs.ts'

/** 'auto' takes a hardware GPU or the processor; 'webgpu' takes a software adapter too. Throws what opening the engine throws. */
export async function openNodeEngine(wish: EngineWish): Promise<OpenEngine> {
  if (wish === 'webgpu') return engineOn(await openNodeDevice())
  const gpu = wish === 'auto' ? await loadDawn().catch(() => undefined) : undefined
  return engines(openNodeRuntime, nodeTfjs).open({ gpu, secure: true }, wish)
}
