/** The graphics device: found, or explained where there is none. */
import { requestGpuDevice } from '../engine/webgpu/context.ts'
import { HomespunError } from '../errors.ts'
import type { EngineReport } from './types.ts'

export interface DeviceHost {
  /** `navigator.gpu` of the worker; absent where the browser has none. */
  gpu: GPU | undefined
  /** `isSecureContext`. */
  secure: boolean
}

export interface OpenDevice {
  device: GPUDevice
  report: EngineReport
}

/** What the kernels need; every conforming WebGPU adapter offers it, so less is an old driver or a compatibility mode. */
const NEEDED = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupsPerDimension: 65_535,
} as const

function checkHost({ gpu, secure }: DeviceHost): GPU {
  if (!secure) {
    throw new HomespunError('insecure-context', 'This page was opened over plain http, and browsers keep the GPU and storage from such pages.', {
      fix: 'Open it as http://localhost on the machine that serves it, or serve it over https.',
    })
  }
  if (gpu) return gpu
  throw new HomespunError('webgpu-missing', 'This browser does not offer WebGPU, which Homespun trains with.', {
    fix: 'Use Chrome or Edge 113 or newer, Safari 26, or Firefox 141 on Windows or 145 on a Mac.',
  })
}

async function findAdapter(gpu: GPU): Promise<GPUAdapter> {
  let cause: unknown
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch((error: unknown) => {
    cause = error
    return null
  })
  if (adapter) return adapter
  throw new HomespunError('adapter-missing', 'The browser has WebGPU, but found no graphics device it can use.', {
    fix: 'Switch hardware acceleration on in the browser’s settings, update the graphics driver, and restart the browser.', cause,
  })
}

function checkLimits(limits: GPUSupportedLimits): void {
  for (const [name, needed] of Object.entries(NEEDED) as [keyof typeof NEEDED, number][]) {
    if (limits[name] >= needed) continue
    throw new HomespunError('limits-too-low', `This graphics device offers too little: ${name} is ${limits[name]}, and ${needed} is needed.`, {
      where: name, fix: 'Update the graphics driver, or choose the stronger GPU for this browser in the system’s settings.',
    })
  }
}

export function nameOf(info: GPUAdapterInfo): string {
  const name = info.description || [info.vendor, info.architecture || info.device].filter(Boolean).join(' ') || 'graphics device'
  return isSoftware(info) ? `software (${name})` : name
}

export function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(`${info.architecture} ${info.description} ${info.device}`)
}

/**
 * Opens the device with the adapter's own limits.
 * Throws HomespunError 'insecure-context', 'webgpu-missing', 'adapter-missing', 'limits-too-low' (F67, F68), 'gpu-unavailable'.
 */
export async function openDevice(host: DeviceHost): Promise<OpenDevice> {
  const adapter = await findAdapter(checkHost(host))
  checkLimits(adapter.limits)
  const device = await requestGpuDevice(adapter)
  const software = isSoftware(adapter.info)
  return {
    device,
    report: {
      kind: 'webgpu', device: nameOf(adapter.info), software, maxBufferBytes: device.limits.maxBufferSize,
      why: software
        ? 'The browser offers WebGPU only in software: it works, slowly.'
        : 'The browser offers WebGPU on this graphics device, the fastest way to train here.',
    },
  }
}
