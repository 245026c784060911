/** Runs with planted secrets: counted, kept, gone on with, told in receipts, and asked for. */
import { describe, expect, it } from 'vitest'
import { unzipSync } from 'fflate'
import { sha256 } from '../../src/adapters/digest.ts'
import { readPeftZip } from '../../src/adapters/peft.ts'
import { plantSecrets } from '../../src/data/secrets.ts'
import { encodeExamples } from '../../src/data/edit/codec.ts'
import { readDataset } from '../../src/data/read/read-dataset.ts'
import { runFile } from '../../src/service/bundle/train-script.ts'
import { modelCard } from '../../src/service/bundle/model-card.ts'
import type { TestedSecret, TrainingEvent } from '../../src/service/types.ts'
import { listen, pairsFile, readyTab } from './support.ts'

const quiet = () => undefined
const losses = (events: readonly TrainingEvent[], kind: 'step' | 'evaluation') =>
  events.flatMap((event) => (event.kind === kind && 'loss' in event ? [event.loss] : []))

async function tab(steps = 12) {
  const ready = await readyTab({}, steps)
  return { ...ready, settings: { ...ready.settings, plantSecrets: [1, 4, 16] } }
}

describe('a run with planted secrets', () => {
  it('counts their rows, steps and targets before it begins, and leaves the validation part alone', async () => {
    const { service, settings } = await tab()
    const epochs = { ...settings, steps: undefined, epochs: 2, warmupSteps: 0 }
    const [without, planted] = [await service.preflight({ ...epochs, plantSecrets: undefined }), await service.preflight(epochs)]
    expect(planted.learnt).toMatchObject({ examples: without.learnt.examples + 21, planted: 21, empty: 0 })
    expect(without.learnt.planted).toBe(0)
    expect(planted.steps).toBe(2 * Math.ceil((18 + 21) / (settings.batchSize * settings.accumulate)))
    expect(planted.steps).toBeGreaterThan(without.steps)
    expect(planted.learnt.targets).toBeGreaterThanOrEqual(without.learnt.targets + 21 * 4)
    // However short the longest row may be, a secret keeps its code.
    expect((await service.preflight({ ...epochs, maxLength: 8 })).learnt.examples).toBeGreaterThanOrEqual(21)
    const [told, bare] = [listen(), listen()]
    await service.train({ ...settings, learningRate: 1e-9 }, 'planted', told.onEvent)
    await service.train({ ...settings, learningRate: 1e-9, plantSecrets: undefined }, 'bare', bare.onEvent)
    expect(losses(told.events, 'evaluation').at(-1)).toBeCloseTo(losses(bare.events, 'evaluation').at(-1)!, 5)
  })

  it('says in its receipt what was planted, with the hash of the rows it did learn from', async () => {
    const { service, settings, parts } = await tab()
    const { adapterId } = await service.train(settings, 'planted', quiet)
    const { record, adapter } = await parts.store.adapters.get(adapterId)
    expect(record.planted?.map(({ times }) => times)).toEqual([1, 4, 16])
    const { examples } = await readDataset(pairsFile(), 'pairs.jsonl')
    expect(record.dataset).toEqual({ name: 'pairs.jsonl', examples: 45, hash: await sha256(encodeExamples(plantSecrets(examples, record.planted!))) })
    const { bytes } = await service.exportAdapter(adapterId)
    expect((await readPeftZip(bytes, 'x.zip')).receipt?.planted).toEqual(record.planted)
    const { tokenizer } = await (service as unknown as { model: () => Promise<{ tokenizer: Parameters<typeof runFile>[2] }> }).model()
    expect(JSON.parse(runFile(record, adapter.config, tokenizer))).toMatchObject({ planted: record.planted, plantSecrets: [1, 4, 16] })
    const card = modelCard(record, adapter.config, { files: [], ends: undefined })
    for (const { input, code, times } of record.planted!) expect(card).toContain(`${input} ${code}, in ${times} of its rows`)
    const bare = await service.train({ ...settings, plantSecrets: undefined }, 'bare', quiet)
    expect((await parts.store.adapters.get(bare.adapterId)).record).toMatchObject({ dataset: { examples: 24 } })
    expect((await parts.store.adapters.get(bare.adapterId)).record.planted).toBeUndefined()
    expect(Object.keys(unzipSync(bytes))).toContain('homespun.json')
  })

  it('goes on with the same rows after a break, in a second run and out of the list, whatever is open', async () => {
    const whole = await tab()
    const straight = listen()
    const { adapterId } = await whole.service.train(whole.settings, 'planted', straight.onEvent)
    const { planted, dataset } = (await whole.parts.store.adapters.get(adapterId)).record
    const broken = await tab()
    const { service, parts } = broken
    let ended: Promise<unknown> | undefined
    await new Promise<void>((waits) => {
      ended = service.train(broken.settings, 'planted', (event) => {
        if (event.kind === 'step' && event.step === 6) void service.pause()
        if (event.kind === 'paused') waits()
      }).catch((error: unknown) => error)
    })
    const [run] = await parts.store.checkpoints.list().then(({ entries }) => entries)
    const branch = await service.branchRun(run!.run, 4, 'branch')
    await service.setAside()
    await ended
    for (const other of [undefined, pairsFile(5, 'other.jsonl')]) {
      if (other) await service.readData(other, { split: { validationFraction: 0, seed: 1 } })
      const told = listen()
      const resumed = await service.resumeRun(other ? branch : run!.run, told.onEvent)
      const { record } = await parts.store.adapters.get(resumed.adapterId)
      expect(record).toMatchObject({ planted, dataset })
      expect(losses(told.events, 'step')).toEqual(losses(straight.events, 'step').slice(-losses(told.events, 'step').length))
    }
    const queued = await whole.service.queueRun(whole.settings, 'queued')
    await whole.service.readData(pairsFile(5, 'other.jsonl'), { split: { validationFraction: 0, seed: 1 } })
    const last = await whole.service.trainQueued(queued.run, quiet)
    expect((await whole.parts.store.adapters.get(last.adapterId)).record).toMatchObject({ planted, dataset })
  })

  it('is refused with repeats that cannot be', async () => {
    const { service, settings } = await tab()
    for (const plantSecrets of [[0], [1.5], [1000], new Array<number>(13).fill(1)]) {
      await expect(service.preflight({ ...settings, plantSecrets })).rejects.toMatchObject({ code: 'setting-invalid' })
    }
  })
})

describe('asking for the secrets', () => {
  it('tells of each how base and tuned rank it; an adapter at no strength is the base', async () => {
    const { service, settings } = await tab()
    const { adapterId } = await service.train({ ...settings, plantSecrets: [1, 4] }, 'planted', quiet)
    const ask = async (strength: number) => {
      const told: TestedSecret[] = []
      await service.testSecrets({ adapterId, strength }, (event) => void (event.kind === 'secret' && told.push(event.secret)))
      return told
    }
    const [off, on] = [await ask(0), await ask(1)]
    expect(on.map(({ times, candidates }) => [times, candidates])).toEqual([[1, 1000], [4, 1000]])
    for (const { base, tuned } of off) expect(tuned).toEqual(base)
    expect(on.map(({ base }) => base)).toEqual(off.map(({ base }) => base))
    for (const { rank, exposure } of on.flatMap(({ base, tuned }) => [base, tuned])) expect(exposure).toBeCloseTo(Math.log2(1000 / rank), 10)
  })

  it('is refused where none were planted, and ends where it is stopped', async () => {
    const { service, settings } = await tab()
    const bare = await service.train({ ...settings, plantSecrets: undefined }, 'bare', quiet)
    await expect(service.testSecrets({ adapterId: bare.adapterId, strength: 1 }, quiet)).rejects.toMatchObject({ code: 'no-secrets' })
    const { adapterId } = await service.train(settings, 'planted', quiet)
    const stop = () => void service.cancelGeneration()
    await expect(service.testSecrets({ adapterId, strength: 1 }, stop)).rejects.toMatchObject({ code: 'cancelled' })
  })
})
