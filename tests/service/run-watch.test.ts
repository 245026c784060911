/** What a run tells on the way: answers of base and learner to the person's questions, and what changed in the weights. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { loraScale } from '../../src/adapters/scale.ts'
import { GREEDY } from '../../src/generate/sampling.ts'
import type { EvaluatedRow, TrainingEvent } from '../../src/service/types.ts'
import { listen, pausedAt, readyTab } from './support.ts'

const quiet = () => undefined
type Told<K extends TrainingEvent['kind']> = Extract<TrainingEvent, { kind: K }>
const told = <K extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: K) => events.filter((event) => event.kind === kind) as Told<K>[]

const PROBES = ['cat 3?', 'fox 9?']
const ask = (prompt: string, adapterId?: string) => ({
  prompt, raw: false, adapterId, options: { ...GREEDY, maxTokens: 32, stopStrings: [], adapterStrength: 1 },
})

describe('looking in on a run', () => {
  it('asks at its beginning and at its end, and says what the kept adapter says', async () => {
    const { service, settings } = await readyTab({}, 30)
    const { events, onEvent } = listen()
    const base = await Promise.all(PROBES.map((probe) => service.generate(ask(probe), quiet)))
    const { adapterId } = await service.train({ ...settings, learningRate: 0.1 }, 'x', onEvent, PROBES)
    const heard = told(events, 'probes')
    const whole = (text: string) => text.replace(/ …$/, '')
    expect(heard[0]).toMatchObject({ step: 0, prompts: PROBES })
    expect(heard[0]!.answers).toEqual(heard[0]!.base)
    expect(heard[0]!.base.map(whole)).toEqual(base.map(({ text }) => text))
    const last = heard.at(-1)!
    expect(last.step).toBe(30)
    const tuned = await Promise.all(PROBES.map((probe) => service.generate(ask(probe, adapterId), quiet)))
    expect(last.answers.map(whole)).toEqual(tuned.map(({ text }) => text))
    expect(last.answers, 'it has learnt').not.toEqual(last.base)
  })

  it('a run that goes on after its tab was closed asks what it was begun with', async () => {
    const database = new IDBFactory()
    await pausedAt(await readyTab({ database }, 12), 6, PROBES)
    const next = await readyTab({ database }, 12)
    const [run] = await next.service.unfinishedRuns()
    const { events, onEvent: hear } = listen()
    await next.service.resumeRun(run!.run, hear)
    expect(told(events, 'probes').at(-1)!.prompts).toEqual(PROBES)
  })

  it('measures the change of the adapter that is kept', async () => {
    const { service, settings, parts } = await readyTab()
    const { events, onEvent } = listen()
    const { adapterId } = await service.train(settings, 'x', onEvent)
    const [first, last] = [told(events, 'weights')[0]!, told(events, 'weights').at(-1)!]
    expect(first).toMatchObject({ step: 0, modules: [{ module: 'model.toy', norm: 0 }] })
    const { adapter } = await parts.store.adapters.get(adapterId)
    const { a, b, inFeatures, outFeatures } = adapter.pairs[0]!
    const rank = a.length / inFeatures
    let squares = 0
    for (let o = 0; o < outFeatures; o++) {
      for (let i = 0; i < inFeatures; i++) {
        let sum = 0
        for (let r = 0; r < rank; r++) sum += b[o * rank + r]! * a[r * inFeatures + i]!
        squares += sum * sum
      }
    }
    expect(last.step).toBe(12)
    expect(last.modules[0]!.norm / (loraScale(adapter.config) * Math.sqrt(squares))).toBeCloseTo(1, 6)
    expect(told(events, 'probes'), 'nothing was asked').toEqual([])
  })

  it('measures rows of both parts one by one, and how likely the wished answer is where a row gives it', async () => {
    const { service, settings } = await readyTab({}, 30)
    const { events, onEvent } = listen()
    const { adapterId } = await service.train({ ...settings, learningRate: 0.1 }, 'x', onEvent, [...PROBES, 'Nobody asks this.'])
    const [first, last] = [told(events, 'rows')[0]!, told(events, 'rows').at(-1)!]
    expect(first.rows.map(({ row }) => row)).toEqual(last.rows.map(({ row }) => row))
    expect(new Set(last.rows.map(({ part }) => part))).toEqual(new Set(['training', 'validation']))
    const mean = (event: Told<'rows'>) => event.rows.reduce((sum, { loss }) => sum + loss, 0) / event.rows.length
    expect(mean(last), 'it has learnt').toBeLessThan(mean(first) - 0.1)
    const [before, after] = [told(events, 'probes')[0]!.wished, told(events, 'probes').at(-1)!.wished]
    expect(after.map((wished) => wished !== undefined)).toEqual([false, true, false])
    expect(after[1]!.probability).toBeGreaterThan(before[1]!.probability)
    const wish = 'cat 3? => it is a cat'
    const { events: others, onEvent: hear } = listen()
    await service.train(settings, 'y', hear, [wish])
    expect(told(others, 'probes')[0]).toMatchObject({ prompts: ['cat 3?'], wished: [{ text: 'it is a cat' }] })
    expect(told(others, 'probes')[0]!.wished[0]!.probability).toBeGreaterThan(0)
    const seen: EvaluatedRow[] = []
    const rows = last.rows.some(({ part }) => part === 'training') ? 'training' : 'validation'
    await service.evaluateAdapter({ adapterId, strength: 1, rows, most: 1000, what: 'scores' }, (event) => void (event.kind === 'row' && seen.push(event.row)))
    for (const { row, loss, part } of last.rows) {
      const same = seen.find((other) => other.row === row)
      if (part === rows) expect(same!.tuned.lossSum / same!.targets).toBeCloseTo(loss, 5)
    }
  })

  it('a run that forgets is told by how far it has moved elsewhere, and one that learns nothing has not moved', async () => {
    const divergences = async (learningRate: number) => {
      const { service, settings } = await readyTab({}, 40)
      const { events, onEvent } = listen()
      await service.train({ ...settings, schedule: 'constant', learningRate }, 'x', onEvent)
      return told(events, 'divergence').map(({ divergence }) => divergence)
    }
    const [still, wild] = [await divergences(1e-9), await divergences(0.1)]
    expect(still[0]).toBe(0)
    expect(still.at(-1)).toBeLessThan(1e-6)
    expect(wild.at(-1)).toBeGreaterThan(still.at(-1)! + 0.05)
  })

  it('changes nothing in the run', async () => {
    const [watched, alone] = [await readyTab(), await readyTab()]
    const outcome = await watched.service.train(watched.settings, 'x', quiet, PROBES)
    expect(outcome.loss).toBe((await alone.service.train(alone.settings, 'x', quiet)).loss)
  })

  it('a decoder that fails costs the answers, not the run', async () => {
    const tab = await readyTab()
    tab.engine.onToken = () => {
      throw new TypeError('no decoder today')
    }
    const { events, onEvent } = listen()
    expect((await tab.service.train(tab.settings, 'x', onEvent, PROBES)).reason).toBe('finished')
    expect(told(events, 'warning').map(({ message }) => message)).toEqual([expect.stringContaining('no decoder today')])
  })
})
