/** How texts are written: space, capitals, characters that no one sees, special tokens, languages; and their mends. */
import { describe, expect, it } from 'vitest'
import { checkDataset, type CheckContext } from '../../src/data/check/check.ts'
import { mendRows } from '../../src/data/check/mends.ts'
import type { Example, Finding } from '../../src/data/types.ts'
import { cleanPair, steadyRandom } from './planted.ts'

const random = steadyRandom(21)
const clean: Example[] = Array.from({ length: 60 }, (_, at) => cleanPair(at + 1, random))

/** Findings of the rows of these texts among clean ones, by "code: text". */
async function look(texts: string[], context: CheckContext = {}): Promise<{ findings: Finding[]; examples: Example[]; codes: string[] }> {
  const examples = [...clean, ...texts.map((output, at): Example => ({ kind: 'pair', row: 61 + at, input: `${cleanPair(0, random).input}`, output }))]
  const findings = await checkDataset(examples, context)
  const own = findings.filter(({ row }) => row > 60)
  return { findings, examples, codes: own.map(({ row, code }) => `${code}: ${texts[row - 61]}`) }
}

async function mended(code: string, texts: string[]): Promise<string[]> {
  const { findings, examples } = await look(texts)
  const changes = mendRows(code, examples, findings)
  return texts.map((text, at) => {
    const after = changes.find(({ row }) => row === 61 + at)?.after
    return after?.kind === 'pair' ? after.output : text
  })
}

describe('space and capitals', () => {
  it('finds space around a text and takes it out', async () => {
    const texts = [' before it', 'after it\n', '\tboth ', 'in the middle', '\u00a0hard']
    expect((await look(texts)).codes).toEqual(texts.filter((text) => !text.startsWith('in')).map((text) => `surrounding-space: ${text}`))
    expect(await mended('surrounding-space', texts)).toEqual(['before it', 'after it', 'both', 'in the middle', 'hard'])
  })

  it('says once that all outputs begin with a space, as they had to for older models', async () => {
    const old = clean.map((example) => (example.kind === 'pair' ? { ...example, output: ` ${example.output}` } : example))
    const found = (await checkDataset(old, {})).filter(({ code }) => code.includes('space'))
    expect(found).toMatchObject([{ row: 0, code: 'completion_space_start', others: clean.map(({ row }) => row) }])
    expect(mendRows('completion_space_start', old, found).map(({ after }) => after)).toEqual(clean)
    const some = (await checkDataset([...old.slice(1), clean[0]!], {})).map(({ code }) => code)
    expect(some).not.toContain('completion_space_start')
    expect(some).toContain('surrounding-space')
  })

  it('finds what is shouted, not what is abbreviated', async () => {
    const texts = ['THIS IS SHOUTED AT EVERYBODY here', 'The NASA and the ESA agree on it.', 'USA', 'ΑΥΤΟ ΕΙΝΑΙ ΠΟΛΥ ΔΥΝΑΤΟ εδώ']
    expect((await look(texts)).codes.filter((code) => code.startsWith('lower'))).toEqual([`lower_case: ${texts[0]}`, `lower_case: ${texts[3]}`])
    expect((await mended('lower_case', texts)).slice(0, 2)).toEqual(['this is shouted at everybody here', texts[1]])
  })

  it('says it once where a whole column is in capitals', async () => {
    const loud = clean.map((example) => (example.kind === 'pair' ? { ...example, output: example.output.toUpperCase() } : example))
    const found = (await checkDataset(loud, {})).filter(({ code }) => code === 'lower_case')
    expect(found).toMatchObject([{ row: 0, others: clean.map(({ row }) => row) }])
    expect(mendRows('lower_case', loud, found).length).toBe(60)
  })
})

describe('characters', () => {
  it('F36 finds those that are invisible, turn the order around, control or stand for something lost', async () => {
    const texts = ['zero\u200bwidth', 'a\u00adhyphen', 'turned \u202e around', 'a bell \x07', 'lost \ufffd', 'CafÃ© and â€œquotesâ€\u009d', 'Latin\u200djoiner', 'tag \u{e0041}']
    expect((await look(texts)).codes.map((code) => code.slice(0, code.indexOf(':')))).toEqual([
      'invisible', 'invisible', 'bidirectional', 'control', 'lost-characters', 'control', 'mojibake', 'invisible', 'invisible',
    ])
    expect((await mended('invisible', texts)).slice(0, 5)).toEqual(['zerowidth', 'ahyphen', 'turned \u202e around', 'a bell \x07', 'lost \ufffd'])
    expect((await mended('bidirectional', texts)).slice(0, 4)).toEqual(['zero\u200bwidth', 'a\u00adhyphen', 'turned  around', 'a bell \x07'])
    expect((await mended('control', [...texts, 'a bell \x07 and zero\u200bwidth'])).slice(3)).toEqual(['a bell ', 'lost \ufffd', texts[5]!.replace('\u009d', ''), ...texts.slice(6), 'a bell  and zero\u200bwidth'])
  })

  it('leaves alone what belongs to a script', async () => {
    const texts = ['👩‍👩‍👧 ❤️ family', 'می‌خواهم', 'שלום \u200fעולם', 'Âge, Ångström, château, naïve', 'क्‍ष', '日本語。', 'tab\tand\nline']
    expect((await look(texts)).codes.filter((code) => !code.startsWith('language'))).toEqual([])
    for (const code of ['invisible', 'bidirectional', 'control']) expect(await mended(code, texts)).toEqual(texts)
  })

  it('F49 names special tokens that are written out, and only those of the model', async () => {
    const tokenizer = { specialTokens: ['<|im_end|>', '</s>'] }
    const texts = ['ends </s> here', 'a <|im_end|>', '<|other|> <s>']
    expect((await look(texts, { tokenizer })).codes).toEqual([`special-token: ${texts[0]}`, `special-token: ${texts[1]}`])
    expect((await look(texts)).codes).toEqual([])
  })
})

describe('languages', () => {
  const french = 'Je ne sais pas où se trouve la gare, mais mon frère peut vous accompagner demain matin.'

  it('finds a row in another language, and judges no short one', async () => {
    const texts = [french, 'Bonjour, ça va?', 'Привет', 'SELECT name FROM users WHERE id = 5 ORDER BY name', '{"city": "Paris", "temperature": 21, "unit": "C"}']
    const { codes, findings } = await look(texts)
    expect(codes.filter((code) => code.startsWith('language'))).toEqual([`language: ${french}`])
    expect(findings.find(({ code }) => code === 'language')?.message).toBe('This seems to be French, while the other outputs are English.')
  })

  it('takes a translation for one, column by column', async () => {
    const translated = Array.from({ length: 60 }, (_, at): Example => ({ kind: 'pair', row: at + 1, input: cleanPair(0, random).input, output: `${french} C'est la phrase numéro ${at}.` }))
    expect((await checkDataset(translated, {})).filter(({ code }) => code.startsWith('language'))).toEqual([])
  })

  it('says once that the data mix languages', async () => {
    const found = (await look(Array.from({ length: 20 }, (_, at) => `${french} (${at})`))).findings.filter(({ code }) => code.startsWith('language'))
    expect(found).toMatchObject([{ row: 0, code: 'language-mix', severity: 'info' }])
    expect(found[0]?.others?.length).toBe(20)
  })
})
