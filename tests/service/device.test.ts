/** What the person is told where there is no usable device. */
import { describe, expect, it } from 'vitest'
import { openDevice } from '../../src/service/device.ts'
import { engineOn } from '../../src/service/engines/webgpu.ts'
import { WatchedEngine } from '../../src/service/watched-engine.ts'
import { openTab, testGpu } from './support.ts'
import { aText, containing } from '../support/matching.ts'

describe('start', () => {
  it('names the device and says why it is used', async () => {
    const report = await openTab().service.start('webgpu')
    expect(report).toMatchObject({ kind: 'webgpu', device: 'acme loom', software: false, maxBufferBytes: 2 ** 30 })
  })

  it('says that a software adapter is slow', async () => {
    const report = await openTab({ gpu: { info: { isFallbackAdapter: true, architecture: 'swiftshader', vendor: 'google' } } }).service.start('webgpu')
    expect(report).toMatchObject({ software: true, device: 'software (google swiftshader)', why: containing('slowly') })
  })

  it('F67 explains a missing WebGPU, and that insecure pages have none', async () => {
    await expect(openTab({ host: { gpu: undefined } }).service.start('webgpu')).rejects.toMatchObject({ code: 'webgpu-missing', fix: aText })
    await expect(openTab({ host: { gpu: undefined, secure: false } }).service.start('webgpu')).rejects.toMatchObject({
      code: 'insecure-context', fix: containing('localhost'),
    })
  })

  it('F67 explains a browser that finds no adapter', async () => {
    await expect(openTab({ gpu: { devices: 0 } }).service.start('webgpu')).rejects.toMatchObject({ code: 'adapter-missing' })
    const gpu = { requestAdapter: () => Promise.reject(new Error('blocked')) } as unknown as GPU
    await expect(openTab({ host: { gpu } }).service.start('webgpu')).rejects.toMatchObject({ code: 'adapter-missing', cause: new Error('blocked') })
  })

  it('F68 refuses limits below what the kernels need, early and by name', async () => {
    const { service, devices } = openTab({ gpu: { limits: { maxStorageBuffersPerShaderStage: 4 } } })
    await expect(service.start('webgpu')).rejects.toMatchObject({ code: 'limits-too-low', where: 'maxStorageBuffersPerShaderStage' })
    expect(devices).toHaveLength(0)
  })
})

describe('a watched device', () => {
  async function watched() {
    const { gpu, devices } = testGpu()
    const told: string[] = []
    const device = new WatchedEngine(engineOn(await openDevice({ gpu, secure: true })), (error) => void told.push(error.code))
    return { device, real: devices[0]!, told }
  }

  it('F71 everything that waits on a lost device ends with that error, also what is asked for afterwards', async () => {
    const { device, real, told } = await watched()
    const waiting = [device.guard(new Promise(() => undefined)), device.guard(new Promise(() => undefined))]
    real.lose('the driver went away')
    for (const one of await Promise.allSettled(waiting)) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'gpu-lost' } })
    await expect(device.guard(new Promise(() => undefined))).rejects.toMatchObject({ where: 'the driver went away' })
    expect(told).toEqual(['gpu-lost'])
  })

  it('F74 a device given up on purpose is not reported as lost', async () => {
    const { device, told } = await watched()
    device.close()
    await device.whenLost
    expect(told).toEqual([])
  })
})
