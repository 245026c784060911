/** A WebGPU device for tests, in Node: the machine's GPU, or the software adapter. One device a test file. */
import { afterAll } from 'vitest'
import { openNodeDevice } from '../../src/cli/dawn.ts'

let device: Promise<GPUDevice> | undefined

/** The file's device, made at first use and destroyed after its last test. */
export function gpuDevice(): Promise<GPUDevice> {
  device ??= openNodeDevice().then((opened) => opened.device)
  return device
}

afterAll(async () => {
  ;(await device)?.destroy()
  device = undefined
})
