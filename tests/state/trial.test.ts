/** A conversation in the page: each who answers hears its own, a question is the same for all, and texts are gone on with. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { AdapterRecord, DatasetSummary, GenerationRequest, GenerationResult, ModelSummary, TuningService } from '../../src/service/types.ts'
import { Blend } from '../../src/state/blend.svelte.ts'
import type { Engine } from '../../src/state/engine.svelte.ts'
import { Trial } from '../../src/state/trial.svelte.ts'

const model = { identity: { name: 'a model', hash: 'm' }, hasChatTemplate: true, hasEncoder: false, sampling: {} } as ModelSummary
const adapter = (id: string, change: Partial<AdapterRecord> = {}) =>
  ({ id, name: id, template: 'chat-template', dataset: { name: '', hash: id, examples: 1 }, ...change }) as AdapterRecord

let shelf: AdapterRecord[]
let data: DatasetSummary | undefined
let requests: GenerationRequest[]
let meanwhile: () => void
let trial: Trial

/** Everybody says who they are and how many questions they have heard. */
async function answer(request: GenerationRequest): Promise<GenerationResult> {
  requests.push(structuredClone(request))
  meanwhile()
  const heard = request.before?.filter(({ role }) => role === 'user').length ?? 0
  const text = ` ${request.adapterId ?? 'base'} ${heard}`
  return { text, tokens: 2, promptIds: [1], ids: [2, 3], seconds: 1, reason: 'end-token', dropped: 0 }
}

beforeEach(() => {
  shelf = [adapter('pirate'), adapter('poet'), adapter('pairs', { template: { prompt: '{input}', answer: '{output}' } })]
  data = undefined
  requests = []
  meanwhile = () => undefined
  const service: Partial<TuningService> = { generate: answer, cancelGeneration: async () => undefined }
  const engine = { service } as Engine
  trial = new Trial(engine, new Blend(engine, () => shelf, async () => undefined), (id) => shelf.find((one) => one.id === id), () => data)
  trial.speakAs(model)
  trial.choose('pirate')
})

const words = ({ role, content }: { role: string; content: string }) => `${role}: ${content}`
const heardBy = (id: string | undefined) => requests.findLast(({ adapterId }) => adapterId === id)!.before!.map(words)

async function ask(prompt: string) {
  trial.prompt = prompt
  await trial.ask()
}

describe('a conversation', () => {
  it('goes on for each with what it said itself, after the same question', async () => {
    await ask('one?')
    await trial.askOn('two?')
    expect(requests.slice(-2).map(({ prompt }) => prompt)).toEqual(['two?', 'two?'])
    expect(heardBy(undefined)).toEqual(['user: one?', 'assistant: base 0'])
    expect(heardBy('pirate')).toEqual(['user: one?', 'assistant: pirate 0'])
    expect([trial.base.shown, trial.tuned.shown]).toEqual(['base 1', 'pirate 1'])
    expect(trial.conversation.earlier).toEqual([{ question: 'one?', answers: [{ key: '', name: '', text: 'base 0' }, { key: 'pirate', name: 'pirate', text: 'pirate 0' }] }])
  })

  it('asked again, the last question takes its own place', async () => {
    await ask('one?')
    await trial.askOn('two?')
    await ask('two, really?')
    expect(trial.conversation.earlier).toHaveLength(1)
    expect(heardBy('pirate')).toEqual(['user: one?', 'assistant: pirate 0'])
    expect(trial.asked?.prompt).toBe('two, really?')
  })

  it('begins with what all are told; a new one forgets what was said, and not that', async () => {
    trial.conversation.system = ' Be brief. '
    await ask('one?')
    expect(heardBy(undefined)).toEqual(['system: Be brief.'])
    await trial.askOn('two?')
    expect(heardBy('pirate')).toEqual(['system: Be brief.', 'user: one?', 'assistant: pirate 0'])
    trial.beginAnew()
    expect([trial.prompt, trial.asked, trial.base.status]).toEqual(['', undefined, 'empty'])
    await ask('three?')
    expect(heardBy('pirate')).toEqual(['system: Be brief.'])
  })

  it('is joined by another adapter without what others said, and one of single pairs hears each question alone', async () => {
    await ask('one?')
    trial.setBeside('poet', true)
    trial.setBeside('pairs', true)
    await trial.askOn('two?')
    await trial.askOn('three?')
    expect(heardBy('poet')).toEqual(['user: two?', 'assistant: poet 0'])
    expect(heardBy('pairs')).toEqual([])
    expect(trial.others.map(({ answer: { alone } }) => alone)).toEqual([false, true])
  })

  it('is none where the adapter that speaks is asked as one pair', async () => {
    trial.choose('pairs')
    expect(trial.converses).toBe(false)
    trial.choose('pirate')
    expect(trial.converses).toBe(true)
    trial.speakAs({ ...model, hasChatTemplate: false })
    trial.choose(undefined)
    expect(trial.converses, 'the base alone').toBe(false)
  })

  it('begins anew with another adapter, so that base and tuned have heard the same', async () => {
    await ask('one?')
    await trial.askOn('two?')
    trial.choose('pirate')
    expect(trial.conversation.earlier, 'the same one').toHaveLength(1)
    trial.choose('poet')
    await ask('two?')
    expect([heardBy(undefined), heardBy('poet')]).toEqual([[], []])
    await trial.askOn('three?')
    trial.chooseSeveral()
    expect(trial.conversation.earlier).toHaveLength(0)
  })

  it('leaves out a question that nobody answered', async () => {
    await ask('one?')
    meanwhile = () => {
      throw new Error('no room')
    }
    await trial.askOn('two?')
    meanwhile = () => undefined
    await trial.askOn('three?')
    expect(trial.conversation.earlier.map(({ question }) => question)).toEqual(['one?'])
  })
})

describe('a question', () => {
  it('is the same for all, whatever is typed and set while they answer', async () => {
    meanwhile = () => {
      trial.prompt = 'something else'
      trial.sampling.seed = 99
      trial.raw = true
      trial.conversation.system = 'late'
    }
    await ask('one?')
    expect(requests.map(({ prompt, raw, options: { seed }, before }) => [prompt, raw, seed, before])).toEqual([['one?', false, 1, []], ['one?', false, 1, []]])
  })

  it('is put to the base in the form of the adapter beside it', async () => {
    await ask('one?')
    expect(requests[0]).toMatchObject({ adapterId: undefined, beside: 'pirate', options: { adapterStrength: 0 } })
  })

  it('begins with no figures of the answer before', async () => {
    await ask('one?')
    meanwhile = () => void trial.stop()
    await ask('two?')
    expect([trial.base.tokens, trial.base.seconds]).toEqual([0, 0])
  })
})

describe('a text to go on from', () => {
  it('is what an adapter is given that learnt from texts, unless the person says otherwise, until another adapter is chosen', async () => {
    shelf.push(adapter('novel', { split: { layout: 'text' } as AdapterRecord['split'] }))
    expect(trial.raw).toBe(false)
    trial.choose('novel')
    expect(trial.raw).toBe(true)
    await ask('Once upon')
    expect(requests.every(({ raw, before }) => raw && before!.length === 0)).toBe(true)
    trial.raw = false
    expect(trial.converses).toBe(true)
    trial.choose('pirate')
    expect(trial.raw).toBe(false)
    trial.choose('novel')
    expect(trial.raw).toBe(true)
  })

  it('is what the base is given beside texts that are open, and what an earlier adapter is that learnt those', () => {
    data = { layout: 'text', hash: 'pirate', template: 'chat-template' } as DatasetSummary
    expect(trial.raw, 'its receipt does not say, but these are its rows').toBe(true)
    trial.choose('poet')
    expect(trial.raw).toBe(false)
    trial.choose(undefined)
    expect(trial.raw).toBe(true)
    trial.speakAs({ ...model, hasEncoder: true })
    expect(trial.raw, 'an encoder cannot').toBe(false)
  })
})
