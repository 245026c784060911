/** Opening a model folder: what a person drops, sound, incomplete or of another kind. */
import { mkdtemp, mkdir, rm, symlink } from 'node:fs/promises'
import { readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fileSource, memorySource } from '../../src/hub/byte-source.ts'
import { openModelFolder } from '../../src/hub/model-folder.ts'
import { openModelDirectory } from '../../src/hub/node-model-directory.ts'
import { readTensorAsFloat32 } from '../../src/hub/safetensors/read-tensor.ts'
import { writeSafetensors } from '../../src/hub/safetensors/write.ts'

const tinyLlama = fileURLToPath(new URL('../fixtures/models/tiny-llama/', import.meta.url))

/** Opens files given as text, bytes or plain objects, by path. */
function open(files: Record<string, unknown>) {
  return openModelFolder(
    Object.entries(files).map(([path, content]) => {
      const bytes =
        content instanceof Uint8Array
          ? content
          : new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content))
      return { path, source: memorySource(path, bytes) }
    }),
  )
}

/** A file of weights with tensors of one F32 each. */
function weights(...names: string[]): Uint8Array {
  return writeSafetensors(names.map((name) => ({ name, dtype: 'F32', shape: [1], data: new Uint8Array(4) })))
}

const small = { 'config.json': { model_type: 'llama' }, 'tokenizer.json': { model: {} } }
const whole = { ...small, 'model.safetensors': weights('a', 'b') }

describe('a sound folder', () => {
  it('opens as dropped files, with every part', async () => {
    const dropped = readdirSync(tinyLlama).map((name) => {
      const file = new File([readFileSync(join(tinyLlama, name))], name)
      return { path: `tiny-llama/${name}`, source: fileSource(file, name) }
    })
    const model = await openModelFolder(dropped)
    expect(model.name).toBe('tiny-llama')
    expect(model.config).toMatchObject({ model_type: 'llama', vocab_size: 304 })
    expect(model.generationConfig).toMatchObject({ eos_token_id: 2 })
    expect(model.tokenizerConfig).toMatchObject({ bos_token: '<s>', add_bos_token: true })
    expect(Object.keys(model.tokenizerJson)).toContain('added_tokens')
    expect(model.tensors.get('model.embed_tokens.weight')).toMatchObject({ dtype: 'F32', shape: [304, 64] })
    expect(model.hash).toMatch(/^[0-9a-f]{64}$/)
    const elements = [...model.tensors.values()].reduce((sum, t) => sum + t.shape.reduce((a, b) => a * b, 1), 0)
    expect(model.weightBytes).toBe(elements * 4)
    const norm = await readTensorAsFloat32(model.tensors.get('model.norm.weight')!)
    expect(norm.every((value) => Number.isFinite(value) && value > 0)).toBe(true)
    expect((await openModelDirectory(tinyLlama)).hash).toBe(model.hash)
  })

  it('opens at whatever depth it was dropped, and takes no files of folders inside or beside it', async () => {
    const nested = Object.fromEntries(Object.entries(whole).map(([name, content]) => [`outer/model/${name}`, content]))
    const extra = {
      'outer/README.md': '#',
      'outer/model/onnx/config.json': '{',
      'outer/model/old/generation_config.json': '{',
      './note': '',
    }
    const model = await open({ ...nested, ...extra })
    expect(model.name).toBe('model')
    expect(model.generationConfig).toBeUndefined()
    expect(model.hash).toBe((await open(whole)).hash)
  })

  it('opens without the files that need not be there', async () => {
    const model = await open(whole)
    expect(model.tokenizerConfig).toEqual({ clean_up_tokenization_spaces: false })
    expect([...model.tensors.keys()]).toEqual(['a', 'b'])
    expect(model.weightBytes).toBe(8)
  })

  it('merges special tokens where the config has none, and the chat template of its own file over the config’s', async () => {
    const files = {
      ...whole,
      'tokenizer_config.json': { bos_token: '<s>', chat_template: 'old', clean_up_tokenization_spaces: true },
      'special_tokens_map.json': { bos_token: '<other>', eos_token: '</s>' },
    }
    const { tokenizerConfig } = await open({ ...files, 'chat_template.json': { chat_template: 'json' } })
    expect(tokenizerConfig).toEqual({
      bos_token: '<s>',
      eos_token: '</s>',
      chat_template: 'json',
      clean_up_tokenization_spaces: true,
    })
    const newest = await open({
      ...files,
      'chat_template.json': { chat_template: 'json' },
      'chat_template.jinja': '{{ messages }}',
    })
    expect(newest.tokenizerConfig['chat_template']).toBe('{{ messages }}')
    expect((await open(files)).tokenizerConfig['chat_template']).toBe('old')
  })

  it('reads JSON with a byte order mark, and keeps a key __proto__ from polluting', async () => {
    const model = await open({
      ...whole,
      'config.json': '\ufeff{"model_type":"llama"}',
      'tokenizer_config.json': '{"__proto__":{"polluted":1}}',
    })
    expect(model.config).toEqual({ model_type: 'llama' })
    expect(model.tokenizerConfig['polluted']).toBeUndefined()
  })

  it('opens a directory of symbolic links, as the cache of the hub is, one level down', async () => {
    const root = await mkdtemp(join(tmpdir(), 'homespun-'))
    try {
      await mkdir(join(root, 'snapshot'))
      for (const name of readdirSync(tinyLlama)) await symlink(join(tinyLlama, name), join(root, 'snapshot', name))
      const model = await openModelDirectory(root)
      expect(model.name).toBe('snapshot')
      expect(model.hash).toBe((await openModelDirectory(tinyLlama)).hash)
    } finally {
      await rm(root, { recursive: true })
    }
  })
})

describe('the identity of a base', () => {
  it('is that of the config’s values and the weights’ headers, not of spelling, tokenizer or place', async () => {
    const { hash } = await open({ ...whole, 'config.json': '{"a":1,"b":{"c":[1,{"y":2,"x":1}],"d":null}}' })
    const same = {
      ...whole,
      'config.json': '{ "b": {"d": null, "c": [1.0, {"x": 1, "y": 2}]},\n"a": 1e0 }',
      'tokenizer.json': { model: 1 },
    }
    expect((await open(same)).hash).toBe(hash)
  })

  it('changes with any value of the config, any name, shape or type, and with how weights are divided', async () => {
    const of = async (files: Record<string, unknown>) => (await open({ ...whole, ...files })).hash
    const one = (shape: number[], dtype: 'F32' | 'I32') =>
      writeSafetensors([{ name: 'a', dtype, shape, data: new Uint8Array(8) }])
    const index = { weight_map: { a: 'x.safetensors', b: 'y.safetensors' } }
    const sharded = {
      ...small,
      'model.safetensors.index.json': index,
      'x.safetensors': weights('a'),
      'y.safetensors': weights('b'),
    }
    const hashes = [
      await of({}),
      await of({ 'config.json': { model_type: 'llama', x: 1 } }),
      await of({ 'config.json': { model_type: 'llama', x: '1' } }),
      await of({ 'model.safetensors': weights('a', 'c') }),
      await of({ 'model.safetensors': one([2], 'F32') }),
      await of({ 'model.safetensors': one([2, 1], 'F32') }),
      await of({ 'model.safetensors': one([2], 'I32') }),
      (await open(sharded)).hash,
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('shards', () => {
  const index = {
    metadata: { total_size: 8 },
    weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
  }
  const sharded = {
    ...small,
    'model.safetensors.index.json': index,
    'model-00002-of-00002.safetensors': weights('b'),
    'model-00001-of-00002.safetensors': weights('a'),
  }

  it('are opened through their index', async () => {
    const model = await open(sharded)
    expect(model.tensors.get('b')?.source.name).toBe('model-00002-of-00002.safetensors')
    expect([model.tensors.size, model.weightBytes]).toEqual([2, 8])
  })

  it('F27 a missing shard is named', async () => {
    const { 'model-00002-of-00002.safetensors': _, ...rest } = sharded
    await expect(open(rest)).rejects.toMatchObject({
      code: 'model-shard-missing',
      message: expect.stringContaining('model-00002-of-00002.safetensors') as string,
    })
  })

  it('F27 shards without their index are explained', async () => {
    const { 'model.safetensors.index.json': _, ...rest } = sharded
    await expect(open(rest)).rejects.toMatchObject({
      code: 'model-shard-missing',
      message: expect.stringContaining('model.safetensors.index.json') as string,
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['a tensor that no shard has', { 'model-00002-of-00002.safetensors': weights('c') }, 'b in model-00002-of-00002.safetensors'],
    [
      'a tensor in another shard',
      {
        'model.safetensors.index.json': {
          weight_map: { a: 'model-00002-of-00002.safetensors', b: 'model-00001-of-00002.safetensors' },
        },
      },
      'a in model-00002-of-00002.safetensors',
    ],
    ['a tensor that it does not name', { 'model-00002-of-00002.safetensors': weights('b', 'surplus') }, 'surplus'],
    ['a tensor in two shards', { 'model-00002-of-00002.safetensors': weights('a', 'b') }, '"a"'],
    ['no map', { 'model.safetensors.index.json': { metadata: {} } }, 'weight_map'],
    ['a map of numbers', { 'model.safetensors.index.json': { weight_map: { a: 1 } } }, 'weight_map'],
  ])('F27 an index that disagrees is refused: %s', async (_, change, named) => {
    await expect(open({ ...sharded, ...change })).rejects.toMatchObject({
      code: 'model-index-mismatch',
      message: expect.stringContaining(named) as string,
    })
  })

  it('F27 an index cannot reach out of its folder', async () => {
    const outside = { weight_map: { a: '../secret.safetensors' } }
    const files = {
      'm/config.json': {},
      'm/tokenizer.json': {},
      'm/model.safetensors.index.json': outside,
      'secret.safetensors': weights('a'),
    }
    await expect(open(files)).rejects.toMatchObject({ code: 'model-shard-missing' })
  })

  it('names a damaged shard', async () => {
    const damaged = { ...sharded, 'model-00002-of-00002.safetensors': weights('b').slice(0, -1) }
    await expect(open(damaged)).rejects.toMatchObject({
      code: 'safetensors-truncated-data',
      where: expect.stringContaining('model-00002') as string,
    })
  })
})

describe('a folder that is no readable model', () => {
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['nothing', {}, 'model-config-missing', /config\.json/],
    ['no config', { 'model.safetensors': weights('a'), 'tokenizer.json': {} }, 'model-config-missing', /Pick the folder/],
    ['two models', { 'x/a/config.json': {}, 'x/b/config.json': {} }, 'model-folder-ambiguous', /x\/a, x\/b/],
    ['no weights', small, 'model-weights-missing', /Bring the same model as safetensors/],
    ['an empty file of weights', { ...small, 'model.safetensors': weights() }, 'model-weights-missing', /holds no tensor/],
    [
      'PyTorch weights',
      { ...small, 'pytorch_model.bin': '' },
      'model-weights-format',
      /PyTorch.*pytorch_model\.bin.*safetensors/,
    ],
    ['GGUF with a config', { ...small, 'model-q4.gguf': '' }, 'model-weights-format', /GGUF.*safetensors/],
    ['GGUF alone', { 'model-q4.gguf': '' }, 'model-weights-format', /GGUF.*safetensors/],
    ['ONNX', { ...small, 'model.onnx': '' }, 'model-weights-format', /ONNX.*safetensors/],
    ['TensorFlow', { ...small, 'tf_model.h5': '' }, 'model-weights-format', /TensorFlow.*safetensors/],
    ['an adapter', { 'adapter_config.json': {}, 'adapter_model.safetensors': weights('a') }, 'model-is-adapter', /adapter/],
    ['weights of another name', { ...small, 'weights.safetensors': weights('a') }, 'model-shard-missing', /rename/],
    [
      'SentencePiece only',
      { 'config.json': {}, 'model.safetensors': weights('a'), 'tokenizer.model': '' },
      'tokenizer-missing',
      /SentencePiece.*save_pretrained/,
    ],
    [
      'BPE files only',
      { 'config.json': {}, 'model.safetensors': weights('a'), 'vocab.json': {}, 'merges.txt': '' },
      'tokenizer-missing',
      /merges\.txt/,
    ],
    ['no tokenizer', { 'config.json': {}, 'model.safetensors': weights('a') }, 'tokenizer-missing', /tokenizer\.json/],
  ])('is explained: %s', async (_, files, code, words) => {
    await expect(open(files)).rejects.toMatchObject({ code, message: expect.stringMatching(words) as string })
  })

  const jsonFiles = [
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'generation_config.json',
    'special_tokens_map.json',
    'chat_template.json',
  ]
  it.each(jsonFiles)('is explained: %s is malformed, no object, or not UTF-8', async (name) => {
    await expect(open({ ...whole, [name]: '{"a":' })).rejects.toMatchObject({ code: 'json-malformed', where: name })
    await expect(open({ ...whole, [name]: '' })).rejects.toMatchObject({ code: 'json-malformed', where: name })
    await expect(open({ ...whole, [name]: '[1]' })).rejects.toMatchObject({ code: 'json-not-object', where: name })
    await expect(open({ ...whole, [name]: new Uint8Array([0x7b, 0xff]) })).rejects.toMatchObject({
      code: 'text-not-utf8',
      where: name,
    })
  })

  it('is explained: a config nested without end, a text file of gigabytes', async () => {
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    await expect(open({ ...whole, 'config.json': deep })).rejects.toMatchObject({ code: 'json-too-deep' })
    const huge = { name: 'config.json', size: 2 ** 40, read: () => Promise.reject(new Error('must not be read')) }
    await expect(openModelFolder([{ path: 'config.json', source: huge }])).rejects.toMatchObject({ code: 'text-too-large' })
  })

  it('is explained: a path that is no folder', async () => {
    await expect(openModelDirectory(join(tinyLlama, 'absent'))).rejects.toMatchObject({ code: 'model-folder-missing' })
    await expect(openModelDirectory(join(tinyLlama, 'config.json'))).rejects.toMatchObject({ code: 'model-folder-missing' })
  })
})
