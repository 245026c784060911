/** How large a base's weights are, against the same sums over the whole tensors. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openModelDirectory } from '../../src/hub/node-model-directory.ts'
import { readTensorAsFloat32 } from '../../src/hub/safetensors/read-tensor.ts'
import { weightNorms } from '../../src/runtime/weight-norms.ts'

const MODULES = ['model.layers.0.self_attn.q_proj', 'model.layers.1.mlp.down_proj']

it('gives the norm of each linear weight', async () => {
  const folder = await openModelDirectory(fileURLToPath(new URL('../fixtures/models/tiny-llama/', import.meta.url)))
  const norms = await weightNorms(folder, [...MODULES, 'model.nothing'])
  expect([...norms.keys()]).toEqual(MODULES)
  for (const module of MODULES) {
    const values = await readTensorAsFloat32(folder.tensors.get(`${module}.weight`)!)
    expect(norms.get(module)! / Math.hypot(...values)).toBeCloseTo(1, 10)
    const changed = Float64Array.from(values)
    changed[0] = 9
    expect(norms.get(module)! / Math.hypot(...changed)).not.toBeCloseTo(1, 4)
  }
})
