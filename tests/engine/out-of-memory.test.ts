/** A model that the graphics device has no room for: said in words, freed whole, and nothing is run. */
import { expect, it } from 'vitest'
import { GpuContext } from '../../src/engine/webgpu/context.ts'
import { GpuModel } from '../../src/runtime/gpu-model.ts'
import { gpuDevice } from '../support/gpu.ts'
import { tinyFolder } from './tiny-model.ts'

/** The same device, which has no room while `full()`; `wrote` hears of every write to its queue. */
function scarce(device: GPUDevice, full: () => boolean, wrote: () => void): GPUDevice {
  const bound = <T extends object>(target: T, key: string | symbol): unknown => {
    const value: unknown = Reflect.get(target, key, target)
    return typeof value === 'function' ? (value.bind(target) as unknown) : value
  }
  const queue = new Proxy(device.queue, {
    get(target, key) {
      if (key === 'writeBuffer') wrote()
      return bound(target, key)
    },
  })
  return new Proxy(device, {
    get(target, key) {
      if (key === 'queue') return queue
      if (key !== 'popErrorScope' || !full()) return bound(target, key)
      return async () => {
        await target.popErrorScope()
        return { message: 'no room for 300 MB' }
      }
    },
  })
}

it('F70 out of memory at load is caught, everything is freed, and no weight is written; with room it loads', async () => {
  let [full, writes] = [true, 0]
  const gpu = new GpuContext(scarce(await gpuDevice(), () => full, () => writes++), true)
  await expect(GpuModel.load(gpu, tinyFolder)).rejects.toMatchObject({ code: 'out-of-gpu-memory', where: 'no room for 300 MB' })
  expect(gpu.memory).toEqual({ buffers: 0, bytes: 0 })
  expect(writes).toBe(0)
  full = false
  const model = await GpuModel.load(gpu, tinyFolder)
  expect(gpu.memory.buffers).toBeGreaterThan(0)
  expect(writes).toBeGreaterThan(0)
  model.destroy()
})
