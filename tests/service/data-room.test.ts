/** The dataset as the page uses it: edited, searched, checked, divided, kept, and trained on as it is. */
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { modelFiles, openTab, pairsFile, pausedAt, readyTab, type Tab } from './support.ts'

const quiet = () => undefined
const split = { validationFraction: 0.25, seed: 1 }

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
    expect((await row()).turns?.map(({ role, text }) => `${role}: ${text}`)).toEqual(['system: Be short.', 'user: Hi?', 'assistant: Hello.', 'user: Name?'])
    await service.editRow(1, (await row()).turns![2]!.name, 'Hello there.')
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
    expect(state).toMatchObject({ undoes: 'Change row 2', accepted: ['few-examples'], summary: { examples: 6, splitSettings: split } })
    expect((await service.dataRows({ from: 1, count: 1 })).rows[0]).toMatchObject({ output: 'a wolf' })
    await service.undoEdit()
    expect((await service.dataRows({ from: 1, count: 1 })).rows[0]).toMatchObject({ output: 'a dog' })
    await service.forgetDataset(entry!.id)
    expect(await service.keptDatasets()).toEqual([])
    await expect(service.openKept(entry!.id)).rejects.toMatchObject({ code: 'dataset-not-found' })
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
    if (twin!.mend) {
      const { summary, undoes } = await service.mendData(twin!.mend, 'Keep one of each')
      expect(summary.examples).toBe(12)
      expect(undoes).toBe('Keep one of each')
    }
  })
})
