/** A GPT-2 config.json: what is read from it, by which names, and what is refused by name. */
import { describe, expect, it } from 'vitest'
import { Graph } from '../../src/engine/graph.ts'
import { attention } from '../../src/engine/ops/attention/index.ts'
import { activation } from '../../src/engine/ops/activation.ts'
import { modelFromConfig } from '../../src/models/index.ts'

/** As the hub has it, sizes aside: what transformers has a default for is not there. */
const config = { architectures: ['GPT2LMHeadModel'], model_type: 'gpt2', n_embd: 32, n_head: 4, n_layer: 2, n_positions: 64, vocab_size: 100 }

/** Attributes of every node of an op, in the order of the graph. */
function attributesOf<Attributes>(op: { name: string }, extra: object): Attributes[] {
  const graph = new Graph()
  const input = (name: string, ...shape: number[]) => graph.input(name, shape, 'u32')
  const parameters = { weight: (name: string, shape: readonly number[]) => graph.weight(name, shape, 'f32'), lora: () => undefined }
  modelFromConfig({ ...config, ...extra }).forward(graph, parameters, { tokens: input('tokens', 3), positions: input('positions', 3), keyRange: input('range', 3, 2) })
  return graph.nodes.filter((node) => node.op.name === op.name).map(({ attributes }) => attributes as Attributes)
}

const scales = (extra: object) => attributesOf<{ scale: number }>(attention, extra).map(({ scale }) => scale)
const functions = (extra: object) => attributesOf<{ function: string }>(activation, extra).map((node) => node.function)

describe('a GPT-2 config', () => {
  it('gives sizes, tensors as Conv1D stores them, and the layers LoRA can sit on', () => {
    const model = modelFromConfig(config)
    expect(model).toMatchObject({ family: 'gpt2', vocabularySize: 100, contextLength: 64, hiddenSize: 32, layers: 2 })
    expect(model.linearModules).toHaveLength(8)
    expect(model.linearModules[0]).toEqual({ module: 'transformer.h.0.attn.c_attn', inFeatures: 32, outFeatures: 96, fanInFanOut: true })
    const shapes = new Map(model.tensors.map(({ name, shape }) => [name, shape]))
    expect(shapes.get('transformer.h.1.mlp.c_fc.weight')).toEqual([32, 128])
    expect(shapes.get('transformer.wpe.weight')).toEqual([64, 32])
    expect(shapes.has('lm_head.weight')).toBe(false)
  })

  it('asks for a head where it is not tied, for an MLP of its own size, and takes the names of other families', () => {
    const shapes = (extra: object) => new Map(modelFromConfig({ ...config, ...extra }).tensors.map(({ name, shape }) => [name, shape]))
    expect(shapes({ tie_word_embeddings: false }).get('lm_head.weight')).toEqual([100, 32])
    expect(shapes({ n_inner: 20 }).get('transformer.h.0.mlp.c_proj.weight')).toEqual([20, 32])
    expect(shapes({ n_embd: undefined, hidden_size: 48 }).get('transformer.wte.weight')).toEqual([100, 48])
  })

  it('has no more positions than were learned, and no more than are wanted', () => {
    expect(modelFromConfig(config, 4096).contextLength).toBe(64)
    expect(modelFromConfig(config, 16).contextLength).toBe(16)
    expect(modelFromConfig(config, 16).tensors.find(({ name }) => name === 'transformer.wpe.weight')?.shape).toEqual([64, 32])
  })

  it('scales scores by the size of a head, by the layer, or not at all, as it says', () => {
    expect(scales({})).toEqual([8 ** -0.5, 8 ** -0.5])
    expect(scales({ scale_attn_by_inverse_layer_idx: true })).toEqual([8 ** -0.5, 8 ** -0.5 / 2])
    expect(scales({ scale_attn_weights: false, scale_attn_by_inverse_layer_idx: true, reorder_and_upcast_attn: true })).toEqual([1, 1 / 2])
  })

  it.each([['gelu_new', 'geluTanh'], ['gelu', 'gelu'], ['relu', 'relu'], ['gelu_pytorch_tanh', 'geluTanh'], ['swish', 'silu']])('knows %s', (name, known) => {
    expect(functions({ activation_function: name })).toEqual([known, known])
  })

  it.each([
    [{ activation_function: 'tanh' }, 'activation_function'],
    [{ add_cross_attention: true }, 'add_cross_attention'],
    [{ architectures: ['GPT2ForSequenceClassification'] }, 'architectures'],
    [{ quantization_config: { quant_method: 'gptq' } }, 'quantization_config'],
    [{ n_head: 5 }, 'n_head'],
  ])('is refused by name: %j', (extra, field) => {
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(expect.objectContaining({ code: 'config-unsupported' }))
    expect(() => modelFromConfig({ ...config, ...extra })).toThrow(field)
  })
})
