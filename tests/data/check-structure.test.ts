/** What is missing, empty, out of order or too long, and how findings are counted. */
import { describe, expect, it } from 'vitest'
import { checkDataset, summarise, type CheckContext } from '../../src/data/check/check.ts'
import { mendRows } from '../../src/data/check/mends.ts'
import type { Example, Finding, Message } from '../../src/data/types.ts'

const words = 'amber birch cedar dune ember fjord grove heath inlet juniper kelp lagoon meadow'.split(' ')

/** Pairs with nothing wrong. */
function pairs(length: number): Example[] {
  return Array.from({ length }, (_, index) => ({
    kind: 'pair', row: index + 1,
    input: `Tell me of the ${words[index % 13]} and number ${index}.`,
    output: `It is near the ${words[(index * 5) % 13]}, ${index} steps on.`,
  }))
}

function chat(row: number, ...turns: [Message['role'], string][]): Example {
  return { kind: 'chat', row, messages: turns.map(([role, content]) => ({ role, content })) }
}

async function codes(examples: Example[], context: CheckContext = {}): Promise<string[]> {
  return (await checkDataset(examples, context)).map(({ row, code, severity }) => `${row} ${code} ${severity}`)
}

describe('how much there is', () => {
  it('stops where nothing can be learnt, and says why', async () => {
    const empty = pairs(12).map((pair) => ({ ...pair, output: ' ' }) as Example)
    for (const [examples, context, why] of [
      [[], {}, 'There is no example.'],
      [empty, {}, 'No example has an answer to learn.'],
      [pairs(2), { validation: new Set([0, 1]) }, 'Every example with an answer is kept aside for validation.'],
    ] as const) {
      const [first] = await checkDataset(examples, context)
      expect(first).toMatchObject({ row: 0, code: 'nothing-to-learn', severity: 'stops', message: why })
    }
    expect(await codes(pairs(60))).not.toContainEqual(expect.stringContaining('stops'))
  })

  it('F50 takes a few examples, and says that they are few', async () => {
    expect(await codes(pairs(3))).toContain('0 num_examples note')
    expect(await codes(pairs(20))).toContain('0 num_examples info')
    expect(await codes(pairs(60))).not.toContainEqual(expect.stringContaining('num_examples'))
  })
})

describe('rows', () => {
  it('names empty fields, and offers to delete rows without an answer', async () => {
    const examples: Example[] = [...pairs(60), { kind: 'pair', row: 61, input: 'a', output: '' }, { kind: 'pair', row: 62, input: ' ', output: 'b' }, { kind: 'text', row: 63, text: '\n' }]
    const findings = await checkDataset(examples, {})
    const empty = findings.filter(({ code }) => code.startsWith('empty_')).map(({ row, code }) => `${row} ${code}`)
    expect(empty).toEqual(['61 empty_completion', '62 empty_prompt', '63 empty_completion'])
    expect(mendRows('empty_completion', examples, findings)).toEqual([60, 62].map((at) => ({ row: at + 1, before: examples[at], after: undefined })))
  })

  it('F45 looks at who speaks when', async () => {
    const good = [chat(1, ['system', 's'], ['user', 'u'], ['assistant', 'a']), chat(2, ['system', 's'], ['user', 'u'], ['assistant', 'a'], ['tool', 't'], ['assistant', 'b'])]
    expect((await codes(good)).filter((code) => !code.includes('num_examples'))).toEqual([])
    const bad = [
      ...good,
      chat(3, ['system', 's'], ['assistant', 'a']),
      chat(4, ['system', 's'], ['user', 'u'], ['user', 'u'], ['assistant', 'a']),
      chat(5, ['user', 'u'], ['system', 's'], ['assistant', 'a']),
      chat(6, ['system', 's'], ['user', 'u'], ['assistant', 'a'], ['user', 'v']),
      chat(7, ['system', 's'], ['user', 'u']),
      chat(8, ['user', 'u'], ['assistant', 'b']),
    ]
    const findings = await checkDataset(bad, {})
    expect(findings.filter(({ row }) => row > 0).map(({ row, code }) => `${row} ${code}`)).toEqual(
      expect.arrayContaining(['3 missing_user', '4 roles-alternate', '5 system-not-first', '6 last-not-assistant', '7 example_missing_assistant_message']),
    )
    expect(findings.find(({ code }) => code === 'missing_system')).toMatchObject({ row: 0, severity: 'info', others: [8] })
  })

  it('puts the turns of chats in order, where that can be done', async () => {
    const call = [{ type: 'function' as const, function: { name: 'f', arguments: {} } }]
    const chats: Example[] = [
      chat(1, ['user', 'u'], ['user', 'v'], ['user', ''], ['assistant', 'a'], ['assistant', 'b']),
      chat(2, ['user', 'u'], ['system', 's'], ['assistant', 'a'], ['system', 't'], ['user', 'v'], ['assistant', 'b']),
      chat(3, ['user', 'u'], ['assistant', 'a'], ['user', 'v'], ['tool', 't']),
      { kind: 'chat', row: 4, messages: [{ role: 'user', content: 'u' }, { role: 'assistant', content: 'a', weight: 0 }, { role: 'assistant', content: 'b' }] },
      { kind: 'chat', row: 5, messages: [{ role: 'user', content: 'u' }, { role: 'assistant', content: '', tool_calls: call }, { role: 'assistant', content: 'b' }] },
      chat(6, ['assistant', 'Hello!'], ['user', 'u'], ['assistant', 'a']),
    ]
    const findings = await checkDataset(chats, {})
    const mended = (code: string) => mendRows(code, chats, findings).map(({ row, after }) => `${row} ${after?.kind === 'chat' ? after.messages.map(({ role, content }) => `${role[0]}:${content}`).join('|') : ''}`)
    expect(mended('roles-alternate')).toEqual(['1 u:u\n\nv|a:a\n\nb'])
    expect(mended('system-not-first')).toEqual(['2 s:s\n\nt|u:u|a:a|u:v|a:b'])
    expect(mended('last-not-assistant')).toEqual(['3 u:u|a:a'])
    const row = (code: string) => findings.filter((finding) => finding.code === code).map((finding) => finding.row)
    expect(row('roles-alternate')).toEqual([1, 4, 5])
    expect(row('assistant-first')).toEqual([6])
  })

  it('F51 names what is longer than the context, in tokens where they are known', async () => {
    const lengths = pairs(60).map((_, index) => (index === 4 ? 600 : 20))
    expect(await codes(pairs(60), { lengths, contextLength: 512 })).toContain('5 long_examples note')
    expect(await codes(pairs(60), { lengths, contextLength: 600 })).not.toContainEqual(expect.stringContaining('long_examples'))
    const [first, ...rest] = pairs(60)
    const long = { ...first!, output: 'It goes on and on. '.repeat(600) } as Example
    expect(await codes([long, ...rest])).toContain('1 long_examples info')
  })
})

describe('counting', () => {
  it('tells the first 1,000 of a kind and counts the rest, whose rows a mend still knows', async () => {
    const examples = [...pairs(60), ...Array.from({ length: 2500 }, (_, i): Example => ({ kind: 'pair', row: i + 61, input: `a ${i}`, output: '' }))]
    const findings = await checkDataset(examples, {})
    const empty = findings.filter(({ code }) => code === 'empty_completion')
    expect(empty.length).toBe(1001)
    expect(empty[0]).toMatchObject({ row: 0, severity: 'skipped', message: '1,500 more rows with the same finding.' })
    expect(summarise(findings).codes[0]).toEqual({ code: 'empty_completion', severity: 'skipped', count: 2500, mend: 'delete-empty' })
    expect(mendRows('empty_completion', examples, findings).length).toBe(2500)
  })

  it('counts by severity, the gravest first', () => {
    const finding = (severity: Finding['severity'], code: string): Finding => ({ row: 1, code, severity, message: '' })
    const { codes, severities } = summarise([finding('info', 'a'), finding('note', 'b'), finding('info', 'a'), finding('stops', 'c')])
    expect(codes.map(({ code, count }) => [code, count])).toEqual([['c', 1], ['b', 1], ['a', 2]]) // prettier-ignore
    expect(severities).toEqual({ stops: 1, skipped: 0, note: 1, info: 2 })
  })

  it('tells how far it is, lets others run, and can be given up', async () => {
    const examples = pairs(20_000)
    const told: number[] = []
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await checkDataset(examples, {}, { onProgress: (done) => told.push(done) })
    clearInterval(timer)
    expect(told.at(-1)).toBe(1)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(turns).toBeGreaterThan(1)
    const control = new AbortController()
    const given = checkDataset(examples, {}, { signal: control.signal, onProgress: () => control.abort() })
    await expect(given).rejects.toThrow(/abort/i)
  })
})
