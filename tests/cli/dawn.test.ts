/** WebGPU in Node computes: the ground that every GPU test stands on. */
import { expect, it } from 'vitest'
import { gpuDevice } from '../support/gpu.ts'

const DOUBLE = `
  @group(0) @binding(0) var<storage, read_write> values: array<f32>;
  @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { values[id.x] *= 2; }`

it('runs a kernel and reads its numbers back', async () => {
  const device = await gpuDevice()
  const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage
  const values = device.createBuffer({ size: 16, usage: STORAGE | COPY_DST | COPY_SRC })
  const staging = device.createBuffer({ size: 16, usage: COPY_DST | MAP_READ })
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: DOUBLE }), entryPoint: 'main' },
  })
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: values } }],
  })
  device.queue.writeBuffer(values, 0, new Float32Array([1, 2, 3, 4]))
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, group)
  pass.dispatchWorkgroups(1)
  pass.end()
  encoder.copyBufferToBuffer(values, 0, staging, 0, 16)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(GPUMapMode.READ)
  expect([...new Float32Array(staging.getMappedRange())]).toEqual([2, 4, 6, 8])
})
