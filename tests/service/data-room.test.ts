/** The dataset as the page uses it: edited, searched, checked, divided, kept, and trained on as it is. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { allKeys } from '../storage/support.ts'
import { modelFiles, openTab, pairsFile, pausedAt, readyTab, type Tab } from './support.ts'

const quiet = () => undefined
const split = { validationFraction: 0.25, seed: 1 }
const jsonl = (...rows: object[]) => new File([rows.map((row) => JSON.stringify(row)).join('\n')], 'more.jsonl')

describe('the data room', () => {
  it('changes, adds and deletes rows, finds them, and takes everything back', async () => {
    const { service } = openTab()
    await service.readData(pairsFile(6), { split })
    await service.editRow(2, 'output', 'a wolf')
    await service.deleteRows([1, 3])
    const added = await service.addRow({ input: 'new?', output: 'yes', origin: 'a chat' })
    expect(added).toMatchObject({ edits: 4, undoes: 'Add a row', summary: { examples: 5 } })
    const found = await service.dataRows({ from: 0, count: 10, search: 'WOLF' })
    expect(found).toMatchObject({ total: 1, rows: [{ row: 2, output: 'a wolf', outputField: 'output' }] })
    expect((await service.dataRows({ from: 4, count: 9 })).rows).toMatchObject([{ row: 7, input: 'new?', origin: 'a chat' }])
    for (let left = 3; left > 0; left--) await service.undoEdit()
    expect(await service.redoEdit()).toMatchObject({ summary: { examples: 6 }, undoes: 'Change row 2', redoes: 'Delete 2 rows' })
    await expect(service.editRow(99, 'output', 'x')).rejects.toMatchObject({ code: 'no-such-row' })
    await expect(service.editRow(2, 'message 1', 'x')).rejects.toMatchObject({ code: 'no-such-field' })
  })

  it('changes the turns of a conversation one by one', async () => {
    const { service } = openTab()
    const turn = (role: string, content: string) => ({ role, content })
    const messages = [turn('system', 'Be short.'), turn('user', 'Hi?'), turn('assistant', 'Hello.'), turn('user', 'Name?'), turn('assistant', 'Tom.')]
    await service.readData(new File([`${JSON.stringify({ messages })}\n`], 'chat.jsonl'), { split })
    const row = async () => (await service.dataRows({ from: 0, count: 1 })).rows[0]!
    expect((await row()).chat?.before.map(({ role, text }) => `${role}: ${text}`)).toEqual(['system: Be short.', 'user: Hi?', 'assistant: Hello.', 'user: Name?'])
    await service.editRow(1, (await row()).chat!.before[2]!.name, 'Hello there.')
    expect(await row()).toMatchObject({ output: 'Tom.', input: expect.stringContaining('assistant: Hello there.') as string })
  })

  it('gives a kept dataset another name, also the one that is open', async () => {
    const database = new IDBFactory()
    const { service } = openTab({ database })
    await service.readData(pairsFile(6), { split })
    await service.keepData()
    const { id } = (await service.keptDatasets())[0]!
    await service.renameDataset(id, ' sea talk ')
    expect(await service.editRow(2, 'output', 'a wolf')).toMatchObject({ summary: { name: 'sea talk' } })
    await service.keepData()
    expect(await openTab({ database }).service.keptDatasets()).toMatchObject([{ id, name: 'sea talk', origin: 'pairs.jsonl', edits: 1 }])
    await expect(service.renameDataset(id, '  ')).rejects.toMatchObject({ code: 'name-missing' })
    await expect(service.renameDataset('none', 'x')).rejects.toMatchObject({ code: 'dataset-not-found' })
  })

  it('keeps a dataset with what was done to it, for the next visit', async () => {
    const database = new IDBFactory()
    const tab = openTab({ database })
    await tab.service.readData(pairsFile(6), { split })
    await tab.service.keepData()
    await tab.service.editRow(2, 'output', 'a wolf')
    await tab.service.acceptFinding('few-examples', true)
    await tab.service.keepData()
    const { service } = openTab({ database })
    const [entry, ...others] = await service.keptDatasets()
    expect(others).toEqual([])
    expect(entry).toMatchObject({ name: 'pairs.jsonl', origin: 'pairs.jsonl', examples: 6, edits: 1 })
    const state = await service.openKept(entry!.id)
    expect(state).toMatchObject({ undoes: 'Change row 2', accepted: { 'few-examples': 0 }, summary: { examples: 6, splitSettings: split } })
    expect((await service.dataRows({ from: 1, count: 1 })).rows[0]).toMatchObject({ output: 'a wolf' })
    await service.undoEdit()
    expect((await service.dataRows({ from: 1, count: 1 })).rows[0]).toMatchObject({ output: 'a dog' })
    await service.forgetDataset(entry!.id)
    expect(await service.keptDatasets()).toEqual([])
    await expect(service.openKept(entry!.id)).rejects.toMatchObject({ code: 'dataset-not-found' })
  })

  it('keeps the rows of much changed data once, however often they are changed', async () => {
    const database = new IDBFactory()
    const { service } = openTab({ database })
    await service.readData(pairsFile(6), { split })
    await service.appendData(jsonl(...Array.from({ length: 20_001 }, (_, at) => ({ input: `${at}`, output: 'x' }))), {})
    await service.keepData()
    for (const output of ['a', 'b', 'c']) {
      await service.editRow(2, 'output', output)
      await Promise.all([service.keepData(), service.keepData()])
    }
    expect((await allKeys(database)).filter((key) => key.startsWith('dataset/'))).toHaveLength(1)
    const again = openTab({ database }).service
    await again.openKept((await again.keptDatasets())[0]!.id)
    expect((await again.dataRows({ from: 1, count: 1 })).rows).toMatchObject([{ output: 'c' }])
  })

  it('F96 a run on changed rows goes on after the tab was closed, with those rows and no others', async () => {
    const change = (tab: Tab) => tab.service.editRow(1, 'output', 'a very different answer')
    const whole = await readyTab()
    await change(whole)
    const expected = await whole.service.train(whole.settings, 'whole', quiet)

    const database = new IDBFactory()
    const closed = await readyTab({ database })
    await change(closed)
    await pausedAt(closed, 7)
    const next = openTab({ database })
    await next.service.start('webgpu')
    await next.service.openModel(modelFiles(), quiet)
    const { summary } = await next.service.readData(pairsFile(), { split })
    const [run] = await next.service.unfinishedRuns()
    expect(run!.datasetHash).not.toBe(summary.hash)
    expect((await next.service.resumeRun(run!.run, quiet)).loss).toBe(expected.loss)
    expect((await (await readyTab()).service.train(whole.settings, 'unchanged', quiet)).loss).not.toBe(expected.loss)
  })

  it('reads a further file after the rows that are open, kept aside where asked', async () => {
    const { service } = openTab()
    await service.readData(pairsFile(6), { split: { validationFraction: 0.1, seed: 1 } })
    const more = new File([JSON.stringify({ input: 'one', output: '1' }), '\n', JSON.stringify({ input: 'two', output: '2' })], 'test.jsonl')
    const { summary, undoes } = await service.appendData(more, { part: 'validation', origin: 'a teacher' })
    expect(summary).toMatchObject({ examples: 8, validation: 2, training: 6, splits: ['file', 'row'] })
    expect(undoes).toBe('Add 2 rows of test.jsonl')
    const { rows } = await service.dataRows({ from: 6, count: 2 })
    expect(rows).toMatchObject([{ row: 7, part: 'validation', origin: 'a teacher' }, { row: 8, part: 'validation' }])
    const { file, fileName } = await service.exportData('pairs')
    expect(fileName).toBe('pairs-pairs.jsonl')
    expect((await file.text()).trim().split('\n').at(-1)).toBe('{"input":"two","output":"2","split":"validation","origin":"a teacher"}')
  })

  it('never learns from rows added to be kept aside, whatever was chosen before, until nothing is to be kept aside', async () => {
    for (const before of [{ validationFraction: 0, seed: 1 }, { validationFraction: 0.3, seed: 1, by: 'row' as const }]) {
      const { service } = openTab()
      await service.readData(pairsFile(6), { split: before })
      const { summary } = await service.appendData(jsonl({ input: 'one', output: '1' }), { part: 'validation' })
      expect(summary).toMatchObject({ training: 6, validation: 1 })
      expect((await service.dataRows({ from: 6, count: 1 })).rows).toMatchObject([{ row: 7, part: 'validation' }])
      expect((await service.undoEdit()).summary.splitSettings).toEqual(before)
      expect((await service.redoEdit()).summary).toMatchObject({ training: 6, validation: 1 })
      expect((await service.setSplit({ validationFraction: 0, seed: 1 })).summary.validation).toBe(0)
    }
  })

  it('tells what could not be read of added rows, where in that file, and keeps what their own rows say of their origin', async () => {
    const database = new IDBFactory()
    const { service } = openTab({ database })
    await service.readData(pairsFile(6), { split })
    const more = new File(['{"input":"one","output":"1","origin":"a book"}\n{"input":\n{"input":"two","output":"2"}\n'], 'more.jsonl')
    const { summary } = await service.appendData(more, { origin: 'a teacher' })
    expect(summary.findings).toMatchObject([{ row: 8, code: 'bad-json', severity: 'skipped', message: expect.stringMatching(/^more\.jsonl, row 2: /) as string }])
    expect((await service.dataRows({ from: 6, count: 2 })).rows).toMatchObject([{ row: 7, origin: 'a book' }, { row: 9, origin: 'a teacher' }])
    await service.keepData()
    const again = openTab({ database }).service
    expect((await again.openKept((await again.keptDatasets())[0]!.id)).summary.findings).toHaveLength(1)
    expect((await again.undoEdit()).summary.findings).toEqual([])
  })

  it('adds no rows to other data, nor under a run, that began while they were read', async () => {
    const { service } = openTab()
    await service.readData(pairsFile(6), { split })
    const adding = service.appendData(jsonl({ input: 'one', output: '1' }), {})
    const newer = service.newData('My pairs', split)
    await expect(adding).rejects.toMatchObject({ code: 'cancelled' })
    expect((await newer).summary.examples).toBe(1)

    const tab = await readyTab()
    const late = tab.service.appendData(jsonl({ input: 'one', output: '1' }), {})
    const run = tab.service.train(tab.settings, 'meanwhile', quiet)
    await expect(late).rejects.toMatchObject({ code: 'run-in-progress' })
    await run
  })
})

describe('findings in the data room', () => {
  it('looks once: a later check takes the place of one that is under way', async () => {
    const { service } = openTab()
    const rows = Array.from({ length: 400 }, (_, at) => ({ input: `question ${at} of many`, output: `answer ${at}` }))
    await service.readData(jsonl(...rows), { split })
    const told: string[] = []
    const first = service.checkData(() => told.push('first'))
    await service.setSplit({ ...split, seed: 2 })
    const second = service.checkData(() => told.push('second'))
    expect(await first).toBeUndefined()
    expect(await second).toBeDefined()
    expect(told.lastIndexOf('first')).toBeLessThan(told.indexOf('second'))
  })

  it('looks again at a kind of finding that was fine once there is more of it than then', async () => {
    const { service } = await readyTab()
    const rows = Array.from({ length: 12 }, (_, at) => ({ input: `question ${at} of many`, output: `${'abcdefghijkl'[at]!.repeat(9)} ${at}` }))
    const contradicts = (at: number) => ({ input: `question ${at} of many`, output: 'something else' })
    await service.readData(jsonl(...rows, contradicts(1)), { split: { validationFraction: 0, seed: 1 } })
    await service.checkData(quiet)
    expect((await service.acceptFinding('conflict', true)).accepted).toEqual({ conflict: 2 })
    await service.appendData(jsonl(contradicts(2), contradicts(3)), {})
    const found = (await service.checkData(quiet))!.filter(({ code }) => code === 'conflict')
    expect(new Set(found.map(({ row }) => row)).size).toBeGreaterThan((await service.acceptFinding('other', false)).accepted['conflict']!)
    await service.deleteRows([2, 13, 14, 15])
    await service.checkData(quiet)
    expect((await service.undoEdit()).accepted).toEqual({ conflict: 0 })
    expect((await service.acceptFinding('conflict', false)).accepted).toEqual({})
  })

  it('begins with an empty table, whose rows count once they have an answer', async () => {
    const { service } = await readyTab()
    const { summary } = await service.newData('My pairs', split)
    expect(summary).toMatchObject({ examples: 1, name: 'My pairs' })
    expect((await service.countTokens(quiet))?.summary.findings.some(({ code }) => code === 'empty_completion')).toBe(true)
    await service.editRow(1, 'input', 'cat?')
    await service.editRow(1, 'output', 'a cat')
    expect((await service.countTokens(quiet))?.summary.findings).toEqual([])
  })

  it('looks for what is wrong, tells where, and shows those rows alone', async () => {
    const { service } = openTab()
    const lines = [...Array.from({ length: 12 }, (_, i) => ({ input: `q${i} about ${'abcdefghijkl'[i]}`, output: `a${i}` })), { input: 'q3 about d', output: 'a3' }]
    await service.readData(new File([lines.map((line) => JSON.stringify(line)).join('\n')], 'twice.jsonl'), { split: { validationFraction: 0, seed: 1 } })
    const found = await service.checkData(quiet)
    const twin = found!.find(({ row, others = [] }) => row === 13 || others.includes(13))
    expect(twin).toBeDefined()
    const { rows } = await service.dataRows({ from: 0, count: 20, code: twin!.code })
    expect(rows.map(({ row }) => row)).toContain(13)
    expect(rows.find(({ row }) => row === twin!.row)?.found).toEqual([twin!.message])
    const { summary, undoes } = await service.mendData(twin!.code, 'Keep one of each')
    expect(summary.examples).toBe(12)
    expect(undoes).toBe('Keep one of each')
  })

  it('mends one kind of finding, and leaves others in the same row as they are', async () => {
    const { service } = openTab()
    await service.readData(jsonl({ input: 'Who?', output: 'My name is Bo Ek, bo@ek.se' }, { input: 'And\u200b?', output: 'ring the bell \x07' }), { split })
    await service.checkData(quiet)
    await service.mendData('personal-email', 'Replace')
    await service.checkData(quiet)
    await service.mendData('control', 'Remove')
    expect((await service.dataRows({ from: 0, count: 2 })).rows).toMatchObject([
      { output: 'My name is Bo Ek, [EMAIL_1]' }, { input: 'And\u200b?', output: 'ring the bell ' },
    ])
  })

  it('forgets what reading found in a row once that was mended or deleted, and goes on telling of lines that were left out', async () => {
    const { service } = openTab()
    const file = new File(['{"input":"a \\ud800","output":"b"}\n{"input":"c","output":"d \\udc00"}\n{"input": oh}'], 'half.jsonl')
    const { summary } = await service.readData(file, { split })
    const told = (findings: typeof summary.findings) => findings.map(({ row, code, unread }) => `${row} ${code}${unread ? ' unread' : ''}`)
    expect(told(summary.findings)).toEqual(['1 half-character', '2 half-character', '3 bad-json unread'])
    expect(told((await service.editRow(1, 'input', 'a')).summary.findings)).toEqual(['2 half-character', '3 bad-json unread'])
    expect(told((await service.deleteRows([2])).summary.findings)).toEqual(['3 bad-json unread'])
    expect(told((await service.undoEdit()).summary.findings)).toEqual(['2 half-character', '3 bad-json unread'])
    // A new row has the number of none that was left out.
    await service.addRow({ input: 'new', output: 'row' })
    expect((await service.dataRows({ from: 2, count: 1 })).rows).toMatchObject([{ row: 4 }])
    expect((await service.dataRows({ from: 0, count: 9, code: 'bad-json' })).total).toBe(0)
  })

  it('keeps questions without an answer, shows them, and learns from them once they have one', async () => {
    const { service } = await readyTab()
    await service.readData(jsonl({ input: 'cat?', output: 'a cat' }, { input: 'dog?', output: '' }), { split: { validationFraction: 0, seed: 1 } })
    const before = (await service.countTokens(quiet))!.summary
    expect(before).toMatchObject({ examples: 2, findings: [{ row: 2, code: 'empty_completion', severity: 'skipped' }] })
    const { total, rows } = await service.dataRows({ from: 0, count: 9, code: 'empty_completion' })
    expect([total, rows]).toMatchObject([1, [{ row: 2, input: 'dog?', output: '', found: [expect.stringContaining('not learnt from')] }]])
    await service.editRow(2, 'output', 'a dog')
    const after = (await service.countTokens(quiet))!.summary
    expect(after.findings).toEqual([])
    expect(after.targetTokens).toBeGreaterThan(before.targetTokens!)
  })

  it('adds rows of a table whose columns a person has to name, and of a text in another encoding', async () => {
    const { service } = openTab()
    await service.readData(pairsFile(6), { split })
    const unclear = new File(['frage;antwort\nWo?;Hier.'], 'fragen.csv')
    await expect(service.appendData(unclear, {})).rejects.toMatchObject({ code: 'columns-unknown', about: { names: ['frage', 'antwort'], firstRow: ['frage', 'antwort'] } })
    await service.appendData(unclear, { columns: { input: 'frage', output: 'antwort' } })
    const cyrillic = new File([Uint8Array.from([...'input,output\n'].map((one) => one.charCodeAt(0)).concat(0xca, 0xf2, 0xee, 0x3f, 0x2c, 0xdf, 0x2e))], 'who.csv')
    await service.appendData(cyrillic, { encoding: 'windows-1251', origin: 'a friend' })
    const { rows } = await service.dataRows({ from: 6, count: 9 })
    expect(rows).toMatchObject([{ input: 'Wo?', output: 'Hier.' }, { input: 'Кто?', output: 'Я.', origin: 'a friend' }])
  })
})
