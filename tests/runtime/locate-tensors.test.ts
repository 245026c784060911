/** Which of a checkpoint's tensors a model takes: by their names, whole or as a base model saves them, and by their shapes. */
import { describe, expect, it } from 'vitest'
import { memorySource } from '../../src/hub/byte-source.ts'
import type { TensorLocation } from '../../src/hub/types.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { locateTensors } from '../../src/runtime/locate-tensors.ts'

const model = modelFromConfig({ model_type: 'gpt2', n_embd: 8, n_head: 2, n_layer: 1, n_positions: 16, vocab_size: 20 })

const location = (name: string, shape: readonly number[]): TensorLocation =>
  ({ name, shape: [...shape], dtype: 'F32', begin: 0, end: 0, source: memorySource('model.safetensors', new Uint8Array()) })

/** The checkpoint of the model, its tensors called by `rename`. */
const checkpoint = (rename: (name: string) => string) => new Map(model.tensors.map(({ name, shape }) => [rename(name), location(rename(name), shape)]))

describe('the tensors of a GPT-2', () => {
  it.each([
    ['with', (name: string) => name],
    ['without', (name: string) => name.replace('transformer.', '')],
  ])('are found %s what stands before their names; masks of old checkpoints are left alone', (_, rename) => {
    const tensors = checkpoint(rename)
    for (const buffer of ['h.0.attn.bias', 'h.0.attn.masked_bias']) tensors.set(buffer, location(buffer, [1, 1, 16, 16]))
    const located = locateTensors(model, { tensors })
    expect([...located.keys()]).toEqual(model.tensors.map(({ name }) => name))
    expect(located.get('transformer.h.0.attn.c_attn.bias')?.shape).toEqual([24])
  })

  it('are all named where they are missing, and where they lie the other way', () => {
    const tensors = checkpoint((name) => name)
    tensors.delete('transformer.wpe.weight')
    expect(() => locateTensors(model, { tensors })).toThrow(expect.objectContaining({ code: 'tensor-missing', where: 'transformer.wpe.weight' }))
    const turned = checkpoint((name) => name).set('transformer.h.0.mlp.c_fc.weight', location('transformer.h.0.mlp.c_fc.weight', [32, 8]))
    const where = 'transformer.h.0.mlp.c_fc.weight is [32, 8], config.json says [8, 32]'
    expect(() => locateTensors(model, { tensors: turned })).toThrow(expect.objectContaining({ code: 'tensor-shape', where }))
  })
})
