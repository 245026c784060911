/** WebGPU in Node, through Dawn (the optional npm package `webgpu`). scripts/launch.mjs sets the environment it needs. */
import { HomespunError } from '../errors.ts'

const INSTALL_DRIVER =
  'Install a graphics driver with Vulkan, or Chromium, whose software adapter is used then (CHROMIUM_PATH may name it).'

let gpu: GPU | undefined

/** Dawn's entry point, loaded once: each instance starts threads of its own. */
async function loadDawn(): Promise<GPU> {
  if (gpu) return gpu
  let dawn: typeof import('webgpu')
  try {
    dawn = await import('webgpu')
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
    throw missing
      ? new HomespunError('webgpu-missing', 'The npm package "webgpu" is not installed.', { fix: 'Run "npm install webgpu".', cause })
      : new HomespunError('webgpu-missing', 'The npm package "webgpu" does not load on this machine.', {
          where: (cause as Error).message.split('\n')[0] ?? '',
          fix: 'It needs Linux (glibc), macOS or Windows on x64 or arm64.',
          cause,
        })
  }
  Object.assign(globalThis, dawn.globals)
  gpu = dawn.create([])
  return gpu
}

/**
 * The best adapter of this machine: its GPU, else a software adapter.
 * Throws HomespunError 'webgpu-missing' (package) or 'adapter-missing' (no driver).
 */
export async function requestNodeAdapter(): Promise<GPUAdapter> {
  const dawn = await loadDawn()
  const adapter = await dawn.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter) return adapter
  throw new HomespunError('adapter-missing', 'No GPU and no software adapter was found on this machine.', { fix: INSTALL_DRIVER })
}

/** A device with every limit and feature its adapter has. Throws as `requestNodeAdapter` does. */
export async function requestNodeDevice(): Promise<GPUDevice> {
  const adapter = await requestNodeAdapter()
  const requiredLimits: Record<string, number> = {}
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits]
    if (typeof value === 'number') requiredLimits[name] = value
  }
  return adapter.requestDevice({ requiredLimits, requiredFeatures: [...adapter.features] as GPUFeatureName[] })
}
