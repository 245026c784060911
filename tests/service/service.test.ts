/** What a person does in the page, over a real tokenizer, real storage and a small model that really learns. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import type { GenerationRequest, InspectedToken } from '../../src/service/types.ts'
import { listen, modelFiles, openTab, pairsFile, pausedAt, readyTab, testLocks } from './support.ts'
import { matching } from '../support/matching.ts'

const question: GenerationRequest = {
  prompt: 'cat 0?', raw: false, adapterId: undefined,
  options: {
    temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 12, stopStrings: [], adapterStrength: 1,
  },
}
const quiet = () => undefined

describe('model and data', () => {
  it('opens a folder, describes it, and reads pairs with their lengths', async () => {
    const { service } = await readyTab()
    await service.readData(pairsFile(10), { split: { validationFraction: 0.2, seed: 1 } })
    const { summary } = (await service.countTokens(quiet))!
    expect(summary).toMatchObject({ examples: 10, training: 8, validation: 2, layout: 'pairs', template: { prompt: '{input}\n', answer: '{output}' } })
    const { bars, shortest, longest } = summary.lengths!
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(10)
    expect(shortest).toBeGreaterThan(5)
    expect(longest).toBeLessThan(30)
    const preview = await service.previewRow(1, 256)
    expect(preview.filter((token) => token.learnt && !token.special).map((token) => token.text).join('')).toBe('a cat')
    expect((await service.dataRows({ from: 8, count: 5 })).rows).toHaveLength(2)
  })

  it('F51 counts what is longer than the context, and cuts for training only', async () => {
    const { service } = await readyTab()
    const long = new File([JSON.stringify({ input: 'x', output: 'many words '.repeat(200) }), '\n', JSON.stringify({ input: 'a', output: 'b' })], 'long.jsonl')
    await service.readData(long, { split: { validationFraction: 0, seed: 1 } })
    expect((await service.countTokens(quiet))!.summary.tooLong).toBe(1)
    expect((await service.defaults()).maxLength).toBe(256)
  })

  it('refuses a config by name before anything is loaded, and leaves no model behind', async () => {
    const { service, engine } = openTab()
    await service.start('webgpu')
    const config = JSON.stringify({ model_type: 'mamba' })
    await expect(service.openModel(modelFiles({ 'config.json': config }), quiet)).rejects.toMatchObject({ code: 'config-unsupported' })
    expect(engine.loads).toBe(0)
    await expect(service.defaults()).rejects.toMatchObject({ code: 'no-data' })
  })

  it('asks for model and data in words', async () => {
    const { service } = openTab()
    await service.start('webgpu')
    await service.readData(pairsFile(), { split: { validationFraction: 0, seed: 1 } })
    await expect(service.defaults()).rejects.toMatchObject({ code: 'no-model', fix: 'Open a model first.' })
  })

  it('frees one model before it loads the next', async () => {
    const { service, engine } = await readyTab()
    await service.openModel(modelFiles(), quiet)
    expect([engine.loads, engine.alive]).toEqual([2, 1])
  })

  it('plans before it allocates: steps, tokens, trainable parameters', async () => {
    const { service, settings } = await readyTab()
    const preflight = await service.preflight(settings)
    expect(preflight).toMatchObject({ steps: 12, trainableParameters: 4 * (304 + 304) })
    expect(preflight.trainingTokens).toBeGreaterThan(12 * 8 * 5)
    await expect(service.preflight({ ...settings, learningRate: 0 })).rejects.toMatchObject({ code: 'setting-invalid' })
  })
})

describe('a run', () => {
  it('learns, is kept, and answers otherwise than the base', async () => {
    const { service, settings } = await readyTab({}, 60)
    const { events, onEvent } = listen()
    const outcome = await service.train(settings, ' Animals ', onEvent)
    const losses = events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []))
    expect(outcome).toMatchObject({ reason: 'finished', steps: 60, loss: losses.at(-1) })
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 1)
    const [adapter] = await service.listAdapters()
    expect(adapter).toMatchObject({ id: outcome.adapterId, name: 'Animals', steps: 60, imported: false, settings, dataset: { examples: 24 } })
    const base = await service.generate(question, quiet)
    const shown: string[] = []
    const tuned = await service.generate({ ...question, adapterId: outcome.adapterId }, (delta) => void shown.push(delta))
    expect(tuned.text).not.toBe(base.text)
    expect(shown.join('')).toBe(tuned.text)
    expect((await service.generate(question, quiet)).text).toBe(base.text)
    expect(await service.unfinishedRuns()).toEqual([])
  })

  it('answers can be looked at token by token: the tuned model finds its own likelier, the base likewise, as strongly as asked', async () => {
    const { service, settings } = await readyTab({}, 60)
    const { adapterId } = await service.train(settings, 'Animals', quiet)
    const [base, tuned] = [await service.generate(question, quiet), await service.generate({ ...question, adapterId }, quiet)]
    const look = ({ promptIds, ids }: typeof base, strength = 1) => service.inspectAnswer({ promptIds, ids, adapterId, strength })
    const likelihood = (tokens: InspectedToken[], which: 'base' | 'tuned') => tokens.reduce((sum, token) => sum + Math.log(token[which]!), 0)
    const [ofBase, ofTuned] = [await look(base), await look(tuned)]
    expect(ofTuned.map(({ text }) => text).join('')).toBe(tuned.text)
    expect(likelihood(ofTuned, 'tuned')).toBeGreaterThan(likelihood(ofTuned, 'base') + 1)
    expect(likelihood(ofBase, 'base')).toBeGreaterThan(likelihood(ofBase, 'tuned'))
    for (const token of await look(tuned, 0)) expect(token.tuned).toBe(token.base)
    // Both answers are greedy: each token is the likeliest of its own model.
    for (const { tuned: own, alternatives } of ofTuned) expect(own).toBe(Math.max(...alternatives.map((other) => other.tuned!)))
    const stopped = look(tuned)
    await service.cancelGeneration()
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    await expect(service.inspectAnswer({ ...tuned, adapterId, strength: 1, ids: [99_999] })).rejects.toMatchObject({ code: 'token-out-of-range' })
  })

  it('a second run in this tab is refused, and nothing else may change under it', async () => {
    const { service, settings } = await readyTab()
    let refusals: unknown[] = []
    const { onEvent } = listen((event) => {
      if (event.kind !== 'step' || event.step !== 3) return
      const tries = [
        service.train(settings, 'second', quiet), service.openModel(modelFiles(), quiet), service.closeModel(),
        service.readData(pairsFile(), { split: { validationFraction: 0, seed: 1 } }), service.closeData(), service.setTemplate({ prompt: '{input}', answer: '{output}' }),
      ]
      void Promise.allSettled(tries).then((all) => (refusals = all.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'done'))))
    })
    expect((await service.train(settings, 'first', onEvent)).reason).toBe('finished')
    expect(refusals).toEqual(new Array(6).fill('run-in-progress'))
  })

  it('F91 a second tab is told, and may train when the first is done', async () => {
    const [locks, database] = [testLocks(), new IDBFactory()]
    const [one, two] = [await readyTab({ locks, database }), await readyTab({ locks, database })]
    const first = one.service.train(one.settings, 'one', quiet)
    await expect(two.service.train(two.settings, 'two', quiet)).rejects.toMatchObject({ code: 'run-in-other-tab' })
    await first
    expect((await two.service.train(two.settings, 'two', quiet)).reason).toBe('finished')
    expect((await two.service.listAdapters()).map(({ name }) => name).sort()).toEqual(['one', 'two'])
  })

  it('F91 F92 a run at work in one tab is neither offered nor deleted in another; once that tab is gone it is both', async () => {
    const [locks, database] = [testLocks(), new IDBFactory()]
    const [one, two] = [await readyTab({ locks, database }), await readyTab({ locks, database })]
    await pausedAt(one, 5)
    const [entry] = (await two.parts.store.checkpoints.list()).entries
    expect(await two.service.unfinishedRuns()).toEqual([])
    await expect(two.service.discardRun(entry!.run)).rejects.toMatchObject({ code: 'run-in-other-tab' })
    expect((await two.parts.store.checkpoints.list()).entries).toHaveLength(1)

    const later = await readyTab({ locks: testLocks(), database })
    expect(await later.service.unfinishedRuns()).toMatchObject([{ run: entry!.run }])
    await later.service.discardRun(entry!.run)
    expect(await later.service.unfinishedRuns()).toEqual([])
  })

  it('F66 stop keeps what was learnt; a stop before the first step keeps nothing', async () => {
    const { service, settings } = await readyTab()
    const { onEvent } = listen((event) => void (event.kind === 'step' && event.step === 5 && service.stop()))
    const outcome = await service.train(settings, 'short', onEvent)
    expect(outcome.reason).toBe('stopped')
    expect((await service.listAdapters())[0]!.steps).toBe(outcome.steps)
    const { onEvent: atOnce } = listen((event) => void (event.kind === 'started' && service.stop()))
    await expect(service.train(settings, 'none', atOnce)).rejects.toMatchObject({ code: 'nothing-learnt' })
    const early = service.train(settings, 'early', quiet)
    await service.stop()
    await expect(early).rejects.toMatchObject({ code: 'nothing-learnt' })
    expect(await service.unfinishedRuns()).toEqual([])
  })

  it('F96 a closed tab leaves its run behind; another tab goes on with the same numbers, from the kept data', async () => {
    const whole = await readyTab()
    const { adapterId } = await whole.service.train(whole.settings, 'whole', quiet)
    const expected = await whole.parts.store.adapters.get(adapterId)

    const database = new IDBFactory()
    const closed = await readyTab({ database })
    await pausedAt(closed, 7)

    const next = openTab({ database })
    await next.service.start('webgpu')
    const [run] = await next.service.unfinishedRuns()
    expect(run).toMatchObject({ steps: 12, datasetName: 'pairs.jsonl' })
    expect([7, 8]).toContain(run!.step)
    await expect(next.service.resumeRun(run!.run, quiet)).rejects.toMatchObject({ code: 'no-model' })
    await next.service.openModel(modelFiles(), quiet)
    const outcome = await next.service.resumeRun(run!.run, quiet)
    const resumed = await next.parts.store.adapters.get(outcome.adapterId)
    expect(resumed.adapter).toEqual(expected.adapter)
    expect(resumed.record.trainingLosses).toEqual(expected.record.trainingLosses)
    expect(await next.service.unfinishedRuns()).toEqual([])
  })

  it('a kept run of another model is refused by name; one that is gone says so', async () => {
    const database = new IDBFactory()
    const tab = await readyTab({ database })
    await pausedAt(tab, 5)
    const other = openTab({ database })
    await other.service.start('webgpu')
    const config = modelFiles().find(({ path }) => path.endsWith('/config.json'))!
    const changed = JSON.stringify({ ...(JSON.parse(await config.file.text()) as object), rope_parameters: { rope_type: 'default', rope_theta: 5000 } })
    await other.service.openModel(modelFiles({ 'config.json': changed }), quiet)
    const [run] = await other.service.unfinishedRuns()
    await expect(other.service.resumeRun(run!.run, quiet)).rejects.toMatchObject({ code: 'run-other-model' })
    await other.service.discardRun(run!.run)
    expect(await other.service.unfinishedRuns()).toEqual([])
    await expect(other.service.resumeRun(run!.run, quiet)).rejects.toMatchObject({ code: 'run-not-found' })
  })

  it('a kept run goes on with the base’s weights kept as they were, and its adapter says how', async () => {
    const database = new IDBFactory()
    const tab = await readyTab({ database })
    await tab.service.openModel(modelFiles(), quiet, 'int8')
    await pausedAt(tab, 5)
    const other = openTab({ database })
    await other.service.start('webgpu')
    await other.service.openModel(modelFiles(), quiet)
    const [run] = await other.service.unfinishedRuns()
    expect(run!.weights).toBe('int8')
    await expect(other.service.resumeRun(run!.run, quiet)).rejects.toMatchObject({ code: 'run-other-weights', message: expect.stringContaining('in int8') as string })
    await other.service.openModel(modelFiles(), quiet, 'int8')
    await other.service.resumeRun(run!.run, quiet)
    expect((await other.service.listAdapters()).map(({ weights }) => weights)).toEqual(['int8'])
  })

  it('F85 F89 without storage it trains with a warning, and the adapter can be used and exported', async () => {
    const { service, settings } = await readyTab({ database: undefined })
    const { events, onEvent } = listen()
    const outcome = await service.train(settings, 'unsaved', onEvent)
    expect(events.some((event) => event.kind === 'warning' && /could not be saved/.test(event.message))).toBe(true)
    expect(outcome.unsaved).toMatch(/\w/)
    expect((await service.listAdapters()).map(({ id }) => id)).toEqual([outcome.adapterId])
    expect((await service.generate({ ...question, adapterId: outcome.adapterId }, quiet)).tokens).toBeGreaterThan(0)
    expect((await service.exportAdapter(outcome.adapterId)).bytes.length).toBeGreaterThan(1000)
  })
})

describe('questions', () => {
  it('F112 are refused while it trains, answered while it pauses, and change no number of the run', async () => {
    const whole = await readyTab()
    const expected = await whole.service.train(whole.settings, 'whole', quiet)
    const { service, settings, parts } = await readyTab()
    let refused: Promise<unknown> | undefined
    let answered: Promise<unknown> | undefined
    const { onEvent } = listen((event) => {
      if (event.kind === 'step' && event.step === 3) {
        refused = service.generate(question, quiet).catch((error: unknown) => error)
        void service.pause()
      }
      if (event.kind === 'paused') answered = service.generate(question, quiet).finally(() => service.resume())
    })
    const outcome = await service.train(settings, 'whole', onEvent)
    expect(await refused).toMatchObject({ code: 'run-in-progress' })
    expect(await answered).toMatchObject({ reason: matching(/end-token|max-tokens/) })
    const [one, two] = [await whole.parts.store.adapters.get(expected.adapterId), await parts.store.adapters.get(outcome.adapterId)]
    expect(two.adapter).toEqual(one.adapter)
  })

  it('F112 resume ends an answer that is still being made', async () => {
    const { service, settings } = await readyTab()
    let answer: Promise<{ reason: string }> | undefined
    const endless = { ...question, options: { ...question.options, maxTokens: 10_000, temperature: 1 } }
    const { onEvent } = listen((event) => {
      if (event.kind === 'step' && event.step === 3) void service.pause()
      if (event.kind !== 'paused') return
      answer = service.generate(endless, () => void service.resume())
    })
    expect((await service.train(settings, 'x', onEvent)).reason).toBe('finished')
    expect((await answer)!.reason).toBe('cancelled')
  })

  it('one after another; a cancel ends the one being answered and those that wait', async () => {
    const { service } = await readyTab()
    const endless = { ...question, options: { ...question.options, maxTokens: 200, temperature: 3 } }
    const first = service.generate(endless, () => void service.cancelGeneration())
    const second = service.generate(endless, quiet)
    expect((await first).reason).toBe('cancelled')
    expect(await second).toMatchObject({ reason: 'cancelled', tokens: 0 })
    expect((await service.generate(question, quiet)).reason).not.toBe('cancelled')
  })

  it('F105 a prompt longer than the context is refused, and raw prompts stay as written', async () => {
    const { service } = await readyTab()
    await expect(service.generate({ ...question, prompt: 'word '.repeat(300) }, quiet)).rejects.toMatchObject({ code: 'prompt-too-long' })
    expect((await service.generate({ ...question, prompt: 'cat', raw: true }, quiet)).tokens).toBeGreaterThan(0)
  })

  it('F59 a tokenizer with ids the model does not know is refused before the device sees them', async () => {
    const { service } = await readyTab()
    const tokenizer = await modelFiles().find(({ path }) => path.endsWith('/tokenizer.json'))!.file.text()
    const json = JSON.parse(tokenizer) as { added_tokens: object[]; model: { vocab: Record<string, number> } }
    json.model.vocab['c'] = 9999
    await service.openModel(modelFiles({ 'tokenizer.json': JSON.stringify(json) }), quiet)
    await expect(service.generate({ ...question, raw: true, prompt: 'c' }, quiet)).rejects.toMatchObject({ code: 'token-out-of-range' })
  })
})
