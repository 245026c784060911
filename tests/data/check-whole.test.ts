/** What is only seen over all rows: twins, contradictions, labels, beginnings, lengths, groups. */
import { describe, expect, it } from 'vitest'
import { checkDataset } from '../../src/data/check/check.ts'
import { mendRows } from '../../src/data/check/mends.ts'
import type { Example } from '../../src/data/types.ts'
import { cleanPair, steadyRandom } from './planted.ts'

type Pair = Extract<Example, { kind: 'pair' }>

const random = steadyRandom(31)
const clean = Array.from({ length: 80 }, (_, at) => cleanPair(at + 1, random))
const pair = (row: number, input: string, output: string): Pair => ({ kind: 'pair', row, input, output })
const labelled = (...labels: [label: string, rows: number][]): Pair[] =>
  labels.flatMap(([label, rows]) => Array.from({ length: rows }, () => label)).map((label, at) => pair(at + 1, cleanPair(0, random).input, label))

async function codes(examples: Example[], validation = new Set<number>()): Promise<string[]> {
  return (await checkDataset(examples, { validation })).filter(({ severity }) => severity !== 'info').map(({ row, code, others = [] }) => `${row} ${code} ${others.join(' ')}`.trim())
}

describe('twins', () => {
  it('finds a row that is there twice, space apart, and deletes the later one', async () => {
    const [first, second] = clean
    const twins = [...clean, { ...first!, row: 81, output: `${first!.output}` }, { ...second!, row: 82, input: second!.input.toLowerCase() }]
    expect(await codes(twins)).toEqual(['81 duplicated_rows 1', '82 near-duplicate 2'])
    const findings = await checkDataset(twins, {})
    expect(mendRows('duplicated_rows', twins, findings)).toEqual([{ row: 81, before: twins[80], after: undefined }])
    expect(mendRows('near-duplicate', twins, findings).map(({ row }) => row)).toEqual([82])
  })

  it('takes no chats for twins whose calls of tools differ', async () => {
    const chat = (row: number, city: string): Example => ({ kind: 'chat', row, messages: [
      { role: 'user', content: 'Will it rain there today, and what about the weekend?' },
      { role: 'assistant', content: '', tool_calls: [{ type: 'function', function: { name: 'weather', arguments: { city } } }] },
    ] }) // prettier-ignore
    const twins = async (...examples: Example[]) => (await codes(examples)).filter((told) => told.includes('duplicated_rows'))
    expect(await twins(chat(1, 'Bern'), chat(2, 'Oslo'), chat(3, 'Rome'))).toEqual([])
    expect(await twins(chat(1, 'Bern'), chat(2, 'Oslo'), chat(3, 'Bern'))).toEqual(['3 duplicated_rows 1'])
  })

  it('finds 98 of 100 rows with one word changed, and takes no unlike rows for alike', async () => {
    const originals = Array.from({ length: 1500 }, (_, at) => cleanPair(at + 1, random))
    const changed = originals.slice(0, 100).map((original, at) => {
      const words = `${original.output} ${original.input}`.split(' ')
      return { original: pair(at + 1, original.input, words.join(' ')), near: pair(2001 + at, original.input, words.with(-1, 'otherwise').join(' ')) }
    })
    const examples = [...changed.map(({ original }) => original), ...originals.slice(100), ...changed.map(({ near }) => near)]
    const found = (await checkDataset(examples, {})).filter(({ code }) => code === 'near-duplicate')
    expect(found.filter(({ row, others }) => others?.[0] === row - 2000).length).toBeGreaterThanOrEqual(98)
    expect(found.filter(({ row }) => row < 2000).length).toBeLessThanOrEqual(2)
  })

  it('takes rows with different answers for different, however alike the questions', async () => {
    const long = 'Decide whether the following review of a restaurant by one of its guests is kind or unkind, and answer with one word only.'
    expect(await codes([...clean, pair(81, `${long} I liked it.`, 'kind'), pair(82, `${long} I hated it.`, 'unkind')])).toEqual([])
  })

  it('finds rows to learn from that are kept aside as well, and deletes them from what is learnt', async () => {
    const [first, second] = clean
    const examples = [...clean, { ...first!, row: 81 }, { ...second!, row: 82, input: `Well, ${second!.input}` }]
    const aside = new Set([0, 1])
    expect(await codes(examples, aside)).toEqual(['81 leak 1', '82 near-leak 2'])
    const found = await checkDataset(examples, { validation: aside })
    expect([mendRows('leak', examples, found), mendRows('near-leak', examples, found)].map((changes) => changes.map(({ row }) => row))).toEqual([[81], [82]])
    expect(await codes(clean, aside)).toEqual([])
  })
})

describe('contradictions', () => {
  it('names every row of an input with several outputs', async () => {
    const examples = [...clean, pair(81, 'Is it far?', 'Yes.'), pair(82, ' Is it far?', 'No.'), pair(83, 'Is it far?', 'Yes. '), pair(84, 'Is it near?', 'No.')]
    const found = await codes(examples)
    expect(found.filter((code) => code.includes('conflict'))).toEqual(['81 conflict 82', '82 conflict 81', '83 conflict 82'])
  })

  it('says once that all inputs or all outputs are the same', async () => {
    expect(await codes(clean.map((one) => ({ ...one, input: 'Say something.' })))).toContain('0 identical_prompts')
    expect(await codes(clean.map((one) => ({ ...one, output: 'Yes.' })))).toContain('0 identical_completions')
    expect(await codes(clean)).toEqual([])
  })
})

describe('labels', () => {
  it('tells how unevenly they are spread', async () => {
    const [finding] = (await checkDataset(labelled(['happy', 95], ['sad', 5]), {})).filter(({ code }) => code === 'label-imbalance')
    expect(finding?.message).toContain('"happy" 95, "sad" 5. A model that always says the most frequent is right in 95 % of the rows.')
    expect((await codes(labelled(['happy', 60], ['sad', 40]))).filter((code) => code.includes('label'))).toEqual([])
  })

  it('finds slips of a frequent label and writes them as it is written', async () => {
    const examples = labelled(['positive', 60], ['negative', 50], ['Positive.', 2], ['postive', 1], ['neutral', 9])
    const found = await codes(examples)
    expect(found.filter((code) => code.includes('variant'))).toEqual(['111 label-variant 1', '112 label-variant 1', '113 label-variant 1'])
    const changes = mendRows('label-variant', examples, await checkDataset(examples, {}))
    expect(changes.map(({ row, after }) => [row, after?.kind === 'pair' && after.output])).toEqual([[111, 'positive'], [112, 'positive'], [113, 'positive']]) // prettier-ignore
    expect((await codes(labelled(['5', 60], ['6', 3], ['cat', 50], ['car', 4]))).filter((code) => code.includes('variant'))).toEqual([])
  })
})

describe('what all share', () => {
  it('finds a common beginning, up to a whole word, and drops it', async () => {
    const examples = clean.map((one, at) => ({ ...one, input: `Answer politely: table-1${at} ${one.input}`, output: `SELECT ${one.output}` }))
    expect(await codes(examples)).toEqual(['0 common_prompt_prefix', '0 common_completion_prefix'])
    const findings = await checkDataset(examples, {})
    const [change] = mendRows('common_prompt_prefix', examples, findings)
    expect(change).toMatchObject({ row: 1, after: { input: `table-10 ${clean[0]!.input}`, output: examples[0]!.output } })
    expect(mendRows('common_completion_prefix', examples, findings)[1]).toMatchObject({ row: 2, after: { output: clean[1]!.output } })
  })

  it('tells of separators and endings for information, as they are not needed here', async () => {
    const told = async (examples: Example[]) => (await checkDataset(examples, {})).filter(({ code }) => code.endsWith('suffix')).map(({ severity, message }) => `${severity} ${message.slice(0, 36).trimEnd()}`)
    expect(await told(clean.map((one) => ({ ...one, input: `${one.input}\n\n###\n\n`, output: `${one.output} END` })))).toEqual([
      'info All inputs end with "?\\n\\n###\\n\\n".', 'info All outputs end with ". END". It is',
    ])
    expect(await told(clean)).toEqual([])
    expect(await told(clean.map((one) => ({ ...one, output: `${one.output}.` })))).toEqual([])
  })

  it('finds openings that many answers share', async () => {
    const examples = clean.map((one, at) => (at % 2 ? one : { ...one, output: `As a helpful assistant I say: ${one.output}` }))
    const found = (await checkDataset(examples, {})).find(({ code }) => code === 'boilerplate')
    expect(found).toMatchObject({ row: 0, severity: 'info', message: expect.stringContaining('50 % of the outputs begin with "As a helpful assistant"') as string })
  })
})

describe('lengths and groups', () => {
  it('tells when few long answers outweigh the rest', async () => {
    const examples = clean.map((one, at) => (at % 20 ? one : { ...one, output: cleanPair(0, random).output.repeat(60) }))
    expect((await checkDataset(examples, {})).find(({ code }) => code === 'length-imbalance')?.message).toContain('The longest tenth of the outputs holds')
    expect((await checkDataset(clean, {})).some(({ code }) => code === 'length-imbalance')).toBe(false)
  })

  it('counts mentions of groups without a verdict', async () => {
    const examples = [...clean, pair(81, 'Did she win?', 'Yes, she and her sister did.'), pair(82, 'Who is he?', 'A Muslim, she said.'), pair(83, 'the history of the boycott', 'unmanned')]
    const found = (await checkDataset(examples, {})).find(({ code }) => code === 'group-mentions')
    expect(found).toMatchObject({ row: 0, severity: 'info', message: 'Groups of people that are mentioned: women and girls in 2 rows; men and boys in 1 row; Muslims in 1 row.' })
    expect(found).not.toHaveProperty('fix')
  })
})
