/** Personal data and secrets: found where they are, left alone where they only look like it, and replaced consistently. */
import { describe, expect, it } from 'vitest'
import { checkDataset } from '../../src/data/check/check.ts'
import { mendRows } from '../../src/data/check/mends.ts'
import { applyChanges } from '../../src/data/edit/changes.ts'
import { findPrivate } from '../../src/data/check/private/finders.ts'
import type { Example, RowChange } from '../../src/data/types.ts'
import { madeUpSecrets, steadyRandom } from './planted.ts'

const found = (text: string) => findPrivate(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)
const pairs = (...rows: [input: string, output: string][]): Example[] => rows.map(([input, output], at) => ({ kind: 'pair', row: at + 1, input, output }))

/** After one kind of finding was mended, then the next. */
async function mended(codes: string[], examples: Example[]): Promise<string[]> {
  let now = examples
  for (const code of codes) {
    const changes = mendRows(code, now, await checkDataset(now, {}))
    const after = new Map(changes.map((change: RowChange) => [change.row, change.after]))
    now = now.map((example) => after.get(example.row) ?? example)
  }
  return now.map((example) => (example.kind === 'pair' ? `${example.input} | ${example.output}` : ''))
}

describe('what is found', () => {
  it('finds the place of each, in any order', () => {
    expect(found('Mail Anna.B+x@uni-ulm.de, call +49 731 1234567 or pay DE89 3704 0044 0532 0130 00 from 84.163.22.17.')).toEqual([
      'email Anna.B+x@uni-ulm.de', 'phone +49 731 1234567', 'iban DE89 3704 0044 0532 0130 00', 'ip 84.163.22.17',
    ])
    expect(found('Reach me at 5552671, card 4111-1111-1111-1111, 2a02:8108:8ac0:1d7c:5c3d:91ff:fe3a:1b2c')).toEqual([
      'phone 5552671', 'card 4111-1111-1111-1111', 'ip 2a02:8108:8ac0:1d7c:5c3d:91ff:fe3a:1b2c',
    ])
    expect(found('Dear Ms Anna Berg,\nyour password: Xy7!kk2p is new.\nKind regards,\nTom Jones')).toEqual(['name Anna Berg', 'secret Xy7!kk2p', 'name Tom Jones'])
  })

  it('leaves alone what has a wrong check digit, is nobody’s, or is a number of another kind', () => {
    for (const text of [
      'card 4111 1111 1111 1112', 'DE89 3704 0044 0532 0130 01', 'GB29 NWBK 6016 1331 9268', 'the 2011-06-05 and 05.06.2011', 'seasons 1995-96 and 1997-1998',
      'SELECT Notes FROM 1-10015132-16 WHERE No. = 5', 'version 10.15.7.1203', 'at 192.168.10.117 or 127.0.0.1', 'ISBN 978-3-16-148410-0', 'it weighs 1234567 grams and 12,345,678 atoms',
      'write to someone@example.com', 'a = b @ c', '12:30:45 and std::vector::iterator', 'pi is 3.14159265358979', '9876543210987654',
    ]) expect(found(text), text).toEqual([])
  })

  it('takes a name only from what stands around it', () => {
    expect(found('Harry Potter met Anna Schmidt in New York.')).toEqual([])
    for (const text of ['Dear Sir or Madam,', 'Dear Customer,', 'Hello World!', 'Hi there, friend', 'My name is not important.', 'I am New here', 'Best regards', 'the name of the rose']) {
      expect(found(text), text).toEqual([])
    }
    expect(found("Me llamo José García, y vivo aquí")).toEqual(['name José García'])
    expect(found('Mein Name ist Anna-Lena von der Heide.')).toEqual(['name Anna-Lena von der Heide'])
  })

  it('knows keys by their form, and takes no disorder for a secret', () => {
    for (const secret of madeUpSecrets(steadyRandom(3))) expect(found(`Use ${secret} now`)[0], secret).toMatch(/^secret /)
    for (const text of [
      'commit 9fceb02d0ae598e95dc970b74767f19372d61af8', 'id 550e8400-e29b-41d4-a716-446655440000', 'password: ********', 'password = your_password', 'the password is required',
      'sk-learn is a library', 'token: string', 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA', 'https://example.com:8080/path', 'What is the secret of a long life?',
    ]) expect(found(text), text).toEqual([])
  })

  it('never repeats in a finding what it found', async () => {
    const [secret = ''] = madeUpSecrets(steadyRandom(5))
    const findings = await checkDataset(pairs(['My name is Ada Lovelace.', secret], ['ada@lovelace.name', '+44 20 7946 0958']), {})
    const codes = findings.filter(({ row }) => row > 0).map(({ row, code, mend }) => `${row} ${code} ${mend}`)
    expect(codes.sort()).toEqual(['1 personal-name anonymise', '1 secret mask-secrets', '2 personal-email anonymise', '2 personal-phone anonymise'])
    expect(JSON.stringify(findings)).not.toMatch(/Ada|lovelace|7946|\bsk-/)
  })

  it('F47 looks through a text of megabytes to its end, in bounded time', async () => {
    const long = `${'It was a quiet day in the valley, and nothing happened. '.repeat(60_000)} Write to eve@evil.org.`
    const findings = await checkDataset([{ kind: 'text', row: 1, text: long }], {})
    expect(findings.map(({ code }) => code)).toContain('personal-email')
  }, 60_000)
})

describe('what a mend puts in its place', () => {
  it('is one mark for one person, number or address in the whole file', async () => {
    const texts = await mended(['personal-phone', 'personal-email', 'personal-name'], pairs(
      ['My name is Anna Berg, anna@berg.se', 'Hello Anna Berg!'],
      ['What did Anna Berg say?', 'Nothing.'],
      ['Dear Anna,', 'ANNA@BERG.SE and bo@berg.se'],
      ['Is Bergen a town? Rose likes a rose.', 'Dear Rose, yes.'],
      ['It is +46 8 123 456 78', 'or +46-8-12345678'],
    )) // prettier-ignore
    expect(texts).toEqual([
      'My name is [NAME_1], [EMAIL_1] | Hello [NAME_1]!',
      'What did [NAME_1] say? | Nothing.',
      'Dear [NAME_1], | [EMAIL_1] and [EMAIL_2]',
      'Is Bergen a town? [NAME_2] likes a rose. | Dear [NAME_2], yes.',
      'It is [PHONE_1] | or [PHONE_1]',
    ])
  })

  it('gives no mark twice that the file has already', async () => {
    expect(await mended(['personal-name'], pairs(['[NAME_3] wrote', 'x'], ['My name is Bo Ek.', 'Hi [NAME_1]']))).toEqual(['[NAME_3] wrote | x', 'My name is [NAME_4]. | Hi [NAME_1]'])
  })

  it('stands for the kind that was asked for, and for no other in the same row', async () => {
    const examples = pairs(['My name is Bo Ek, bo@ek.se', 'or +46 8 123 456 78'], ['My name is Eva Lind.', 'fine'])
    expect(await mended(['personal-email'], examples)).toEqual(['My name is Bo Ek, [EMAIL_1] | or +46 8 123 456 78', 'My name is Eva Lind. | fine'])
    expect(await mended(['personal-name'], examples)).toEqual(['My name is [NAME_1], bo@ek.se | or +46 8 123 456 78', 'My name is [NAME_2]. | fine'])
  })

  it('stands in the calls of tools too, where no name before it is changed', async () => {
    const [key = ''] = madeUpSecrets(steadyRandom(9))
    const call = (args: unknown) => ({ type: 'function' as const, function: { name: 'send', arguments: args } })
    const examples: Example[] = [
      { kind: 'chat', row: 1, messages: [
        { role: 'user', content: 'Write to Bo.' },
        { role: 'assistant', content: '', tool_calls: [call({ to: ['bo@ek.se', 'all'], auth: { password: 'Tr0ub4dor&3', times: 3 } }), call(`bo@ek.se, ${key}`)] },
      ] },
    ] // prettier-ignore
    const findings = await checkDataset(examples, {})
    expect(findings.map(({ row, code }) => `${row} ${code}`)).toEqual(expect.arrayContaining(['1 personal-email', '1 secret']))
    const changed = ['personal-email', 'secret'].reduce((now, code) => applyChanges(now, mendRows(code, now, findings)), examples)
    expect(changed).toMatchObject([{ messages: [{}, { tool_calls: [
      call({ to: ['[EMAIL_1]', 'all'], auth: { password: '[SECRET_1]', times: 3 } }), call('[EMAIL_1], [SECRET_2]'),
    ] }] }]) // prettier-ignore
    expect((await checkDataset(changed, {})).some(({ code }) => code === 'secret' || code === 'personal-email')).toBe(false)
  })

  it('leaves nothing to be found, and keeps secrets and persons apart', async () => {
    const [key = '', access = ''] = madeUpSecrets(steadyRandom(9))
    const examples = pairs([`Key ${key}`, `again ${key}, other ${access}`], ['My name is Bo Ek.', 'fine'])
    expect(await mended(['secret'], examples)).toEqual(['Key [SECRET_1] | again [SECRET_1], other [SECRET_2]', 'My name is Bo Ek. | fine'])
    expect(await mended(['personal-name'], examples)).toEqual([`Key ${key} | again ${key}, other ${access}`, 'My name is [NAME_1]. | fine'])
  })
})
