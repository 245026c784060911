/** Base against tuned on rows: the losses that a run's own evaluation has, greedy answers, an end at any row. */
import { describe, expect, it } from 'vitest'
import { totals } from '../../src/generate/scoring.ts'
import type { EvaluatedRow, EvaluationEvent, EvaluationRequest } from '../../src/service/types.ts'
import { readyTab, type Tab } from './support.ts'

const quiet = () => undefined
const [ANY_WORDS, ANY_NUMBER] = [expect.stringMatching(/./) as string, expect.any(Number) as number] as const
const scoresOf = (rows: EvaluatedRow[], side: 'base' | 'tuned') =>
  totals(rows.map(({ targets, expected = '', ...row }) => ({ targets, expected, lossSum: row[side].lossSum, said: row[side].said ?? '' })))

const outcome = ({ lossSum, said }: EvaluatedRow['base']) => ({ lossSum, said })
const untimed = (rows: EvaluatedRow[]) => rows.map((row) => ({ ...row, base: outcome(row.base), tuned: outcome(row.tuned) }))

async function trained() {
  const tab = await readyTab({}, 60)
  const { adapterId } = await tab.service.train(tab.settings, 'Animals', quiet)
  return { ...tab, request: { rows: 'training', adapterId, strength: 1, most: 12, what: 'scores' } satisfies EvaluationRequest }
}

async function evaluate({ service }: Tab, request: EvaluationRequest, onEvent: (event: EvaluationEvent) => void = quiet) {
  const events: EvaluationEvent[] = []
  const { whole } = await service.evaluateAdapter(request, (event) => {
    events.push(event)
    onEvent(event)
  })
  return { whole, events, rows: events.flatMap((event) => (event.kind === 'row' ? [event.row] : [])) }
}

describe('rows', () => {
  it('are measured in base and tuned, the same sample each time, with answers that anybody would get by asking', async () => {
    const tab = await trained()
    const { whole, rows, events } = await evaluate(tab, tab.request)
    expect(whole).toBe(true)
    expect(events[0]).toEqual({ kind: 'started', rows: 12, of: 18, skipped: [] })
    expect(rows.map(({ row }) => row)).toEqual([...new Set(rows.map(({ row }) => row))].sort((a, b) => a - b))
    const [base, tuned] = [scoresOf(rows, 'base'), scoresOf(rows, 'tuned')]
    expect(tuned.loss!).toBeLessThan(base.loss! - 0.5)
    expect(base.targets).toBe(tuned.targets)
    const [first] = rows
    const options = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, maxTokens: 12, stopStrings: [], adapterStrength: 1 }
    const asked = await tab.service.generate({ prompt: first!.input, raw: false, adapterId: tab.request.adapterId, options }, quiet)
    expect(first!.tuned.said!.startsWith(asked.text)).toBe(true)
    expect(first!.tuned.said).not.toBe(first!.base.said)
    expect(untimed((await evaluate(tab, tab.request)).rows)).toEqual(untimed(rows))
    // At strength 0 both sides are the base.
    for (const { base: one, tuned: other } of untimed((await evaluate(tab, { ...tab.request, strength: 0, most: 3 })).rows)) expect(other).toEqual(one)
  })

  it('of a file count as rows of the data do, and what was measured stays where it is stopped', async () => {
    const tab = await trained()
    const file = new File(['{"input": "cat 0?", "output": "a cat"}\n{"text": "a cat a cat"}\n{"input": "cat 1?", "output": "a dog"}'], 'more.jsonl')
    const { rows } = await evaluate(tab, { ...tab.request, rows: file })
    expect(rows.map(({ kind, expected }) => [kind, expected])).toEqual([['pair', 'a cat'], ['text', undefined], ['pair', 'a dog']])
    expect(rows[1]).toMatchObject({ input: 'a cat a cat' })
    expect(rows[1]!.base.said).toBeUndefined()
    const stop = (event: EvaluationEvent) => event.kind === 'row' && void tab.service.cancelGeneration()
    const stopped = await evaluate(tab, tab.request, stop)
    expect([stopped.whole, stopped.rows.length]).toEqual([false, 1])
  })

  it('measured to the end stand in the adapter’s receipt, which says what computed and how its rows were divided, and leaves with it', async () => {
    const tab = await trained()
    const { adapterId } = tab.request
    const record = async () => (await tab.service.listAdapters()).find(({ id }) => id === adapterId)!
    expect(await record()).toMatchObject({ engine: { kind: 'webgpu', device: ANY_WORDS }, split: { training: 18, validation: 6, by: 'row', targetTokens: ANY_NUMBER } })
    expect((await record()).scores).toBeUndefined()
    await evaluate(tab, tab.request, (event) => event.kind === 'row' && void tab.service.cancelGeneration())
    await evaluate(tab, { ...tab.request, what: 'recall' })
    expect((await record()).scores, 'neither what was stopped nor what gave no scores').toBeUndefined()
    const { rows } = await evaluate(tab, tab.request)
    const [score] = (await record()).scores!
    expect(score).toMatchObject({ data: { part: 'training', hash: (await record()).dataset.hash }, rows: 12, of: 18, strength: 1 })
    expect([score!.base.loss, score!.tuned.loss]).toEqual([scoresOf(rows, 'base').loss, scoresOf(rows, 'tuned').loss])
    expect(score!.tuned.exact).toBe(scoresOf(rows, 'tuned').exact)
    await evaluate(tab, tab.request)
    const file = new File(['{"input": "cat 0?", "output": "a cat"}'], 'more.jsonl')
    await evaluate(tab, { ...tab.request, rows: file, strength: 0.5 })
    const { scores } = await record()
    expect(scores!.map(({ data, strength }) => [data.name, data.part, strength])).toEqual([[score!.data.name, 'training', 1], ['more.jsonl', undefined, 0.5]])
    const { fileName, bytes } = await tab.service.exportAdapter(adapterId)
    expect((await tab.service.importAdapter([{ path: fileName, file: new File([bytes], fileName) }])).scores).toEqual(scores)
  })

  it('of texts are continued from their first half, and a file without rows says so', async () => {
    const tab = await trained()
    const text = new File(['{"text": "one two three four five six"}'], 'texts.jsonl')
    const [row] = (await evaluate(tab, { ...tab.request, rows: text, what: 'recall' })).rows
    expect(row).toMatchObject({ kind: 'text', base: { lossSum: 0 } })
    expect(`${row!.input} ${row!.expected}`).toBe('one two three four five six')
    expect((await evaluate(tab, { ...tab.request, rows: 'validation' })).rows).toHaveLength(6)
    await tab.service.setSplit({ validationFraction: 0, seed: 1 })
    await expect(evaluate(tab, { ...tab.request, rows: 'validation' })).rejects.toMatchObject({ code: 'no-rows' })
  })

  it('are not measured while a run is under way', async () => {
    const tab = await trained()
    let refused: unknown
    await tab.service.train(tab.settings, 'again', (event) => {
      if (event.kind === 'step' && event.step === 2) refused = tab.service.evaluateAdapter(tab.request, quiet).catch((error: unknown) => error)
    })
    expect(await refused).toMatchObject({ code: 'run-in-progress' })
  })
})
