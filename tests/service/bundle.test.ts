/** The bundle: every form in one zip, told in a model card, for Ollama as it was taught, and brought back with a drop. */
import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import { goTemplate } from '../../src/data/render/go-template.ts'
import type { Template } from '../../src/data/types.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { bundle } from '../../src/service/bundle/bundle.ts'
import { modelCard, type CardParts } from '../../src/service/bundle/model-card.ts'
import { defaultSettings } from '../../src/train/settings.ts'
import type { OpenModel } from '../../src/service/open-model.ts'
import type { AdapterEntry } from '../../src/service/shelf.ts'
import { readPeftZip } from '../../src/adapters/peft.ts'
import { goldenCase, loudAdapter, tinyLlama } from '../export/support.ts'

const RECORD: AdapterEntry = {
  id: 'a', name: 'pirate | talk', createdAt: '2026-11-21T12:00:00.000Z', base: { name: 'tiny', hash: 'abc' }, settings: undefined,
  template: { prompt: 'Q: {input}\n', answer: '{output}' }, dataset: { name: 'pairs.jsonl', hash: 'def', examples: 24 }, steps: 12, seconds: 3,
  split: { training: 20, validation: 4, by: 'row', seed: 1, targetTokens: 300 }, engine: { kind: 'onnx', device: 'processor, 4 threads' },
  scores: [{
    measuredAt: '2026-11-21T13:00:00.000Z', data: { name: 'pairs | 2', hash: 'aabb', part: 'validation' }, rows: 4, of: 4, asked: 4, targets: 40, strength: 1,
    base: { loss: 2, exact: 0, contains: 1 }, tuned: { loss: 1, exact: 3, contains: 4 },
  }],
  trainingLosses: [[1, 4], [12, 1.5]], validationLosses: [], software: 'homespun test', bytes: 0, imported: false, note: '', tags: [],
}

const EARLIER = { name: 'earlier', weightsHash: 'ee', dataset: RECORD.dataset }

const textOf = (files: Record<string, Uint8Array>, name: string) => new TextDecoder().decode(files[`pirate/${name}`])

async function bundled(name: string, template: Template = RECORD.template, change: Partial<AdapterEntry> = {}) {
  const { folder } = await goldenCase(name)
  const { tokenizerJson: tokenizer, tokenizerConfig, config, generationConfig } = await tinyLlama()
  const modules = modelFromConfig(folder.config).linearModules
  const adapter: LoraAdapter = loudAdapter(modules)
  const model = { folder, loaded: { linearModules: modules }, tokenizer: await createTokenizer({ tokenizer, tokenizerConfig, config, generationConfig }) } as unknown as OpenModel
  const zip = await bundle({ model, adapter, record: { ...RECORD, template, ...change }, onProgress: () => undefined }, 'pirate')
  return { adapter, modules, zip: new Uint8Array(await zip.arrayBuffer()) }
}

it('holds every form, and comes back as the adapter it was, although MLX has a configuration of the same name', async () => {
  const { adapter, modules, zip } = await bundled('llama-tied')
  const files = unzipSync(zip)
  expect(Object.keys(files)).toEqual([
    'pirate/peft/adapter_config.json', 'pirate/peft/adapter_model.safetensors', 'pirate/peft/homespun.json', 'pirate/lora.gguf',
    'pirate/Modelfile', 'pirate/mlx/adapter_config.json', 'pirate/mlx/adapters.safetensors', 'pirate/README.md',
  ])
  const back = await readPeftZip(zip, 'bundle.zip', { base: RECORD.base, modules })
  expect(back.adapter.pairs.map(({ b }) => b)).toEqual(adapter.pairs.map(({ b }) => b))
  const { split, engine, scores } = RECORD
  expect(back.receipt).toMatchObject({ name: 'pirate | talk', split, engine, scores })
  const text = new TextDecoder().decode(files['pirate/Modelfile'])
  expect(text).toContain('FROM ./base.gguf\nADAPTER ./lora.gguf\n')
  expect(text).toContain('TEMPLATE """Q: {{ if .System }}{{ .System }}\n\n{{ end }}{{ .Prompt }}\n{{ .Response }}</s>"""')
  expect(text).toContain('PARAMETER stop "</s>"')
})

it('has a script that goes on with the run, and all that it is told, where the run is known', async () => {
  const lora = { rank: 4, alpha: 8, dropout: 0, useRsLora: false, targetModules: ['q_proj'] }
  const settings = defaultSettings({ examples: 24, contextLength: 64, linearModules: ['q_proj'], parameters: 1e6, longest: 20 })
  const files = unzipSync((await bundled('llama-tied', RECORD.template, { settings: { ...settings, lora, seed: 7 }, begunWith: EARLIER })).zip)
  expect(new TextDecoder().decode(files['pirate/train_trl.py'])).toContain('class SameOrder(Sampler)')
  expect(textOf(files, 'README.md')).toContain('`train_trl.py`')
  const run = JSON.parse(new TextDecoder().decode(files['pirate/run.json'])) as Record<string, unknown>
  expect(run).toMatchObject({ seed: 7, rows: 20, begunWith: { name: 'earlier', weightsHash: 'ee' }, steps: 12, template: RECORD.template, begin: [1], ends: [2], adamW: { beta2: 0.999 }, lora: { rank: 4 } })
})

it.each<[string, Partial<AdapterEntry>, string]>([
  ['a blend', { blend: [{ ...EARLIER, strength: 1 }] }, 'a blend was made by no run of its own'],
  ['an adapter of another program', { imported: true }, 'how it was trained is not written down'],
])('has no script for %s, and says why; what is too large for it is named', async (_what, change, why) => {
  const files = unzipSync((await bundled('llama-tied', RECORD.template, change)).zip)
  expect(Object.keys(files)).not.toContain('pirate/train_trl.py')
  expect(textOf(files, 'README.md')).toContain(`- No script for TRL: ${why}.\n- The merged model and the model as ONNX are exports of their own`)
})

it('leaves out forms that a family does not have', async () => {
  expect(Object.keys(unzipSync((await bundled('t5-gated', 'source-target')).zip))).toEqual([
    'pirate/peft/adapter_config.json', 'pirate/peft/adapter_model.safetensors', 'pirate/peft/homespun.json', 'pirate/README.md',
  ])
})

it('has a model card with what the receipt knows, and says where it knows nothing', async () => {
  const { adapter } = await bundled('llama-tied')
  const parts: CardParts = { files: [{ path: 'peft/', use: 'for PEFT.' }], ends: ['</s>', '<|im_end|>'] }
  const card = modelCard(RECORD, adapter.config, parts)
  for (const words of ['base_model: "tiny"', '# pirate | talk', 'pairs.jsonl, 24 examples', '4.000 → 1.500', '`def`', '```\nQ: {input}\n{output}\n```']) expect(card).toContain(words)
  expect(card).toContain('| Rows learnt from, kept aside | 20, 4, by row with seed 1 |\n| Tokens to learn | 300 |')
  expect(card).toContain('| Computed on | processor, 4 threads (onnx) |')
  expect(card).toContain('| pairs \\| 2, rows kept aside | 4 | 2.000 → 1.000 | 7.39 → 2.72 | 0 → 3 of 4 | 1 → 4 of 4 | `aabb` | 2026-11-21 |')
  const older = modelCard({ ...RECORD, split: undefined, engine: undefined, scores: undefined }, adapter.config, { files: [], ends: undefined })
  expect(older).toContain('| Computed on | not written down |')
  expect(older).not.toContain('How it did')
  expect(card).toContain('An answer is over with `</s>` or `<|im_end|>`.')
  expect(older).toContain('An answer is over with an end token of its base.')
  expect(modelCard({ ...RECORD, trainedOn: { name: 'older', hash: '77' } }, adapter.config, parts)).toContain('| Learnt on another base | older, `77` |')
  expect(card).toContain('| Loss on unseen examples, first and last | not written down |')
})

describe('a template in Ollama’s words', () => {
  const opened = async (chatTemplate: string) => {
    const { tokenizerJson: tokenizer, tokenizerConfig, config, generationConfig } = await tinyLlama()
    return createTokenizer({ tokenizer, tokenizerConfig: { ...tokenizerConfig, chat_template: chatTemplate }, config, generationConfig })
  }

  it('is what the chat template writes around messages, without BOS, with its default system message', async () => {
    const chatml = "{{ bos_token }}{% if messages[0].role != 'system' %}<sys>Be kind.</sys>\n{% endif %}{% for m in messages %}"
      + "<{{ m.role }}>{{ m.content }}</s>\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
    expect(goTemplate('chat-template', await opened(chatml))).toBe(
      '{{ if not .System }}<sys>Be kind.</sys>\n{{ end }}{{ range .Messages }}{{ if eq .Role "system" }}<system>{{ .Content }}</s>\n'
      + '{{ else if eq .Role "user" }}<user>{{ .Content }}</s>\n<assistant>{{ else if eq .Role "assistant" }}{{ .Content }}</s>\n{{ end }}{{ end }}',
    )
  })

  it('is none where the template refuses a plain conversation, or has an encoder', async () => {
    expect(goTemplate('chat-template', await opened("{{ raise_exception('no') }}"))).toBeUndefined()
    expect(goTemplate('source-target', await opened('x'))).toBeUndefined()
  })

  it('keeps braces and quotes as text', async () => {
    expect(goTemplate({ prompt: '{{a}} """{input}', answer: '{output}' }, await opened('x'))).toContain('{{ "{{" }}a}} {{ "\\"\\"\\"" }}')
  })
})
