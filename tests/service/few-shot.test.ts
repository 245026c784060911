/** The base with examples in its prompt beside the tuned model: what it is given, what is judged, and what is refused. */
import { describe, expect, it } from 'vitest'
import { asTurns, lastAnswerOnly, shownQuestion } from '../../src/service/few-shot.ts'
import type { OpenModel } from '../../src/service/open-model.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import type { EvaluatedRow, EvaluationRequest } from '../../src/service/types.ts'
import { openModelDirectory } from '../../src/hub/node-model-directory.ts'
import { pairsFile, readyTab, type Tab } from './support.ts'

const quiet = () => undefined
const template = { prompt: 'Q: {input}\nA:', answer: ' {output}' }

async function rowsOf({ service }: Tab, request: EvaluationRequest): Promise<EvaluatedRow[]> {
  const rows: EvaluatedRow[] = []
  await service.evaluateAdapter(request, (event) => void (event.kind === 'row' && rows.push(event.row)))
  return rows
}

async function trained() {
  const tab = await readyTab({}, 60)
  const { adapterId } = await tab.service.train(tab.settings, 'Animals', quiet)
  return { ...tab, request: { rows: 'validation', adapterId, strength: 1, most: 4, what: 'scores', examples: 3 } satisfies EvaluationRequest }
}

describe('a question after examples', () => {
  it('reads them in the template of the pairs, as many as leave room for the answer, and its own answer is what is judged', async () => {
    const folder = await openModelDirectory(new URL('../fixtures/models/tiny-llama', import.meta.url).pathname)
    const { tokenizerJson, tokenizerConfig, config, generationConfig } = folder
    const tokenizer = await createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig })
    const model = (contextLength: number) => ({ tokenizer, loaded: { contextLength } }) as OpenModel
    const asked = { messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'cat?' }] as const, answer: 'a cat' }
    const shots = ['dog', 'fox'].map((animal) => asTurns({ kind: 'pair', row: 1, input: `${animal}?`, output: `a ${animal}` })!)
    const shown = shownQuestion(asked, 7, shots, model(256), template, 20)
    const [end] = tokenizer.endIds
    const written = tokenizer.decode(shown.prompt.filter((id) => id !== tokenizer.bosId && id !== end))
    expect(written).toBe('Q: Be brief.\n\ndog?\nA: a dogQ: fox?\nA: a foxQ: cat?\nA:')
    expect(shown.examples).toBe(2)
    expect([...shown.example.tokens.slice(0, shown.prompt.length)]).toEqual(shown.prompt)
    const learnt = [...shown.example.tokens].filter((_, index) => shown.example.weights[index]! > 0)
    expect(learnt).toEqual([...tokenizer.encode(' a cat', { after: 'text' }), end])
    // One token less of context than both need, and one of them goes; then none is left.
    expect(shownQuestion(asked, 7, shots, model(shown.prompt.length + 20), template, 20).examples).toBe(2)
    expect(shownQuestion(asked, 7, shots, model(shown.prompt.length + 19), template, 20).examples).toBe(1)
    expect(shownQuestion(asked, 7, shots, model(48), template, 20)).toMatchObject({ examples: 0 })
  })

  it('takes no text and no row with tools as an example, and judges the last of several answers', () => {
    expect(asTurns({ kind: 'text', row: 1, text: 'Once.' })).toBeUndefined()
    const messages = [{ role: 'system' as const, content: 'S' }, { role: 'user' as const, content: 'U' }, { role: 'assistant' as const, content: 'A' }]
    expect(asTurns({ kind: 'chat', row: 1, messages, tools: [{}] })).toBeUndefined()
    expect(asTurns({ kind: 'chat', row: 1, messages })!.map(({ content }) => content)).toEqual(['U', 'A'])
    const weights = Float32Array.of(0, 1, 1, 0, 1, 1, 0)
    expect([...lastAnswerOnly({ row: 1, tokens: new Uint32Array(7), weights, truncated: 0 }).weights]).toEqual([0, 0, 0, 0, 1, 1, 0])
  })
})

describe('measured rows', () => {
  it('tell of the base with examples too: what it read, what it said, and a loss over the same tokens', async () => {
    const tab = await trained()
    const rows = await rowsOf(tab, tab.request)
    const { examples: _, ...without } = tab.request
    expect(rows).toHaveLength(4)
    for (const [index, { base, shown, targets }] of (await rowsOf(tab, without)).entries()) {
      expect(shown).toBeUndefined()
      expect(rows[index]).toMatchObject({ targets, base: { lossSum: base.lossSum, said: base.said } })
    }
    for (const { base, tuned, shown } of rows) {
      expect(shown!.examples).toBe(3)
      expect(shown!.asking!.promptTokens).toBeGreaterThan(3 * base.asking!.promptTokens)
      expect(tuned.asking!.promptTokens).toBe(base.asking!.promptTokens)
      // This engine's model sees one token back, so that examples change nothing for it: the same tokens cost the same.
      expect(shown!.lossSum).toBeCloseTo(base.lossSum, 6)
      expect(Math.abs(shown!.lossSum - tuned.lossSum)).toBeGreaterThan(0.1)
      for (const { asking } of [base, tuned, shown!]) expect(asking!.seconds).toBeGreaterThanOrEqual(0)
    }
  })

  it('with more examples than fit are asked with those that do', async () => {
    const tab = await trained()
    await tab.service.readData(pairsFile(80), { split: { validationFraction: 0.25, seed: 1 } })
    const most = Math.max(...(await rowsOf(tab, { ...tab.request, examples: 64 })).map(({ shown }) => shown!.examples))
    expect(most).toBeGreaterThan(3)
    expect(most).toBeLessThan(40)
  })

  it('of texts are left out and told, and what cannot be shown is refused in words', async () => {
    const tab = await trained()
    const skipped: string[] = []
    const file = new File(['{"input": "cat 0?", "output": "a cat"}\n{"text": "a cat a cat"}'], 'more.jsonl')
    await tab.service.evaluateAdapter({ ...tab.request, rows: file }, (event) => {
      if (event.kind === 'started') skipped.push(...event.skipped.map(({ message }) => message))
    })
    expect(skipped).toEqual(['Row 2 is a text: it asks nothing that examples could stand before.'])
    await expect(rowsOf(tab, { ...tab.request, examples: 0 })).rejects.toMatchObject({ code: 'few-shot-examples' })
    await expect(rowsOf(tab, { ...tab.request, examples: 1.5 })).rejects.toMatchObject({ code: 'few-shot-examples' })
    await tab.service.readData(new File(['{"text": "a cat"}\n{"text": "a dog"}'], 'texts.jsonl'), { split: { validationFraction: 0, seed: 1 } })
    await expect(rowsOf(tab, { ...tab.request, rows: file })).rejects.toMatchObject({ code: 'few-shot-none' })
  })
})
