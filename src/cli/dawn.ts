/** WebGPU in Node, through Dawn (the optional npm package `webgpu`). scripts/launch.mjs sets the environment it needs. */
import { HomespunError } from '../errors.ts'
import { openDevice, type OpenDevice } from '../service/device.ts'

const INSTALL_DRIVER =
  'Install a graphics driver with Vulkan, or Chromium, whose software adapter is used then (CHROMIUM_PATH may name it).'

let gpu: GPU | undefined

/**
 * In place of setImmediate: Dawn asks with it for finished work, without a pause, and so takes a core from the software
 * adapter. Once a millisecond is often enough.
 */
const afterAMillisecond = (callback: (...args: unknown[]) => void, ...args: unknown[]) => setTimeout(callback, 1, ...args)

/** Dawn's entry point, loaded once: each instance starts threads of its own. */
async function loadDawn(): Promise<GPU> {
  if (gpu) return gpu
  let dawn: typeof import('webgpu')
  try {
    dawn = await import('webgpu')
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
    throw missing
      ? new HomespunError('webgpu-missing', 'The npm package "webgpu" is not installed.', {
          fix: 'Run "npm install webgpu".',
          cause,
        })
      : new HomespunError('webgpu-missing', 'The npm package "webgpu" does not load on this machine.', {
          where: (cause as Error).message.split('\n')[0] ?? '',
          fix: 'It needs Linux (glibc), macOS or Windows on x64 or arm64.',
          cause,
        })
  }
  Object.assign(globalThis, dawn.globals, { setImmediate: afterAMillisecond })
  gpu = dawn.create([])
  return gpu
}

/**
 * The best device of this machine: its GPU, else a software adapter.
 * Throws HomespunError 'webgpu-missing' (package), 'adapter-missing' (no driver), 'limits-too-low'.
 */
export async function openNodeDevice(): Promise<OpenDevice> {
  const dawn = await loadDawn()
  if (await dawn.requestAdapter({ powerPreference: 'high-performance' })) return openDevice({ gpu: dawn, secure: true })
  throw new HomespunError('adapter-missing', 'No GPU and no software adapter was found on this machine.', { fix: INSTALL_DRIVER })
}
