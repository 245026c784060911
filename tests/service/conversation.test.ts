/** Questions that follow others: what each hears, what no longer fits, and in which form base and tuned are asked. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import { GREEDY } from '../../src/generate/sampling.ts'
import type { GenerationRequest, Turn } from '../../src/service/types.ts'
import { modelFiles, pairsFile, picked, readyTab } from './support.ts'

const quiet = () => undefined
const options = { ...GREEDY, maxTokens: 12, stopStrings: [], adapterStrength: 1 }
const question: GenerationRequest = { prompt: 'cat 0?', raw: false, adapterId: undefined, options }
const split = { validationFraction: 0.25, seed: 1 }
const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/models/tiny-llama/${name}`, import.meta.url), 'utf8')) as Record<string, unknown>
const CHAT = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + ' ; ' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
const chatConfig = { ...read('tokenizer_config.json'), chat_template: CHAT }
const tokenizer = await createTokenizer({ tokenizer: read('tokenizer.json'), tokenizerConfig: chatConfig, config: read('config.json'), generationConfig: undefined })
const asked = (ids: readonly number[]) => tokenizer.decode(ids)

/** The tiny model as one that is made for chats. */
async function chatTab() {
  const tab = await readyTab()
  await tab.service.openModel(modelFiles({ 'tokenizer_config.json': JSON.stringify(chatConfig) }), quiet)
  return tab
}

const told: Turn = { role: 'system', content: 'be a cat' }
const exchange = (number: number): Turn[] => [{ role: 'user', content: `dog ${number}?` }, { role: 'assistant', content: `a dog ${number}` }]

describe('a conversation', () => {
  it('is given through the chat template, what all are told at its head', async () => {
    const { service } = await chatTab()
    const { promptIds, dropped } = await service.generate({ ...question, before: [told, ...exchange(1), ...exchange(2)] }, quiet)
    expect(asked(promptIds)).toBe('system: be a cat ; user: dog 1? ; assistant: a dog 1 ; user: dog 2? ; assistant: a dog 2 ; user: cat 0? ; assistant: ')
    expect(dropped).toBe(0)
  })

  it('that has outgrown the model loses its oldest questions with their answers, and says how many', async () => {
    const { service } = await chatTab()
    const before = [told, ...Array.from({ length: 40 }, (_, index) => exchange(index + 1)).flat()]
    const { promptIds, dropped, reason } = await service.generate({ ...question, before }, quiet)
    expect(dropped).toBeGreaterThan(0)
    expect(dropped).toBeLessThan(40)
    expect(asked(promptIds)).toMatch(new RegExp(`^system: be a cat ; user: dog ${dropped + 1}\\? ; .* user: dog 40\\? ; .*user: cat 0\\?`))
    expect(reason).not.toBe('context-full')
    const greedy = { ...options, maxTokens: 100_000 }
    expect((await service.generate({ ...question, before, options: greedy }, quiet)).dropped, 'half of what it reads is kept for the conversation').toBeLessThan(40)
    const long = service.generate({ ...question, before, prompt: 'word '.repeat(300) }, quiet)
    await expect(long).rejects.toMatchObject({ code: 'prompt-too-long' })
  })

  it('is not heard where the model goes on writing', async () => {
    const { service } = await chatTab()
    const alone = await service.generate({ ...question, raw: true }, quiet)
    expect((await service.generate({ ...question, raw: true, before: exchange(1) }, quiet)).promptIds).toEqual(alone.promptIds)
  })

  it('whose last answer is good becomes a row that teaches that answer alone', async () => {
    const { service } = await chatTab()
    const { summary } = await service.addRow({ input: 'cat 0?', output: 'a cat', before: [told, ...exchange(1)], origin: 'a chat, marked good' })
    expect(summary).toMatchObject({ layout: 'mixed', examples: 25 })
    const [added] = (await service.dataRows({ from: 24, count: 1 })).rows
    expect(added).toMatchObject({ output: 'a cat', origin: 'a chat, marked good' })
    expect(added!.input).toContain('dog 1?')
    const learnt = (await service.previewRow(added!.row, 256)).filter((token) => token.learnt && !token.special)
    expect(learnt.map(({ text }) => text).join('').trim()).toMatch(/^a cat/)
    expect(learnt.map(({ text }) => text).join('')).not.toContain('dog')
  })
})

describe('the base beside an adapter', () => {
  it('is asked in the adapter’s form, whatever data is open since; alone, in that of the data', async () => {
    const { service, settings } = await readyTab()
    const { adapterId } = await service.train(settings, 'Animals', quiet)
    await service.setTemplate({ prompt: 'Q: {input}\nA:', answer: ' {output}' })
    const tuned = await service.generate({ ...question, adapterId }, quiet)
    const beside = await service.generate({ ...question, beside: adapterId }, quiet)
    const alone = await service.generate(question, quiet)
    expect(beside.promptIds).toEqual(tuned.promptIds)
    expect(alone.promptIds).not.toEqual(tuned.promptIds)
    expect(beside.text, 'it is the base all the same').toBe((await service.generate({ ...question, adapterId, options: { ...options, adapterStrength: 0 } }, quiet)).text)
  })
})

it('an answer’s time is its own: making ready who speaks does not count', async () => {
  let seconds = 0
  const { service, settings, engine, parts } = await readyTab({ host: { clock: () => seconds } })
  const { adapterId } = await service.train(settings, 'Animals', quiet)
  engine.onToken = () => void (seconds += 0.5)
  const get = parts.store.adapters.get.bind(parts.store.adapters)
  parts.store.adapters.get = (id) => {
    seconds += 60
    return get(id)
  }
  const first = await service.generate({ ...question, adapterId }, quiet)
  expect(first.ids.length).toBeGreaterThan(0)
  expect(first.seconds).toBeLessThan(60)
  expect((await service.generate({ ...question, adapterId }, quiet)).seconds).toBe(first.seconds)
})

it('an adapter that learnt from texts says so, here and where it is brought again', async () => {
  const { service, settings } = await readyTab()
  const layout = async (id: string) => (await service.listAdapters()).find((one) => one.id === id)?.split?.layout
  expect(await layout((await service.train(settings, 'Pairs', quiet)).adapterId)).toBe('pairs')
  const texts = pairsFile(12).text().then((text) => text.replaceAll(/"input": ?"([^"]*)", ?"output": ?"([^"]*)"/g, '"text":"$1 $2"'))
  await service.readData(new File([await texts], 'texts.jsonl'), { split })
  const { adapterId } = await service.train(settings, 'Texts', quiet)
  expect(await layout(adapterId)).toBe('text')
  const { bytes } = await service.exportAdapter(adapterId)
  const again = await service.importAdapter(picked(new File([bytes], 'texts.zip')))
  expect(await layout(again.id)).toBe('text')
})
