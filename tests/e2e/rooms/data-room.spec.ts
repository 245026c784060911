/** The Data room as a person uses it: every kind of file dropped, what is wrong put right, rows changed and divided, then trained on. By keyboard too. */
import { expect, test, type Page } from '@playwright/test'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { writeXlsx } from '../../../scripts/lib/write-xlsx.ts'
import { cyrillicFile, openBoth, openFile, openModel } from '../../ui/reach.ts'
import { overFixture } from './over-fixture.ts'

const open = overFixture()

const inputs = ['Where is the dog?', 'Do you like fish?', 'What is for dinner?']
const outputs = ['In the garden.', 'Yes, very much.', 'Soup, and bread.']
const rows = inputs.map((input, index) => ({ input, output: outputs[index]! }))
const table = (by: string) => [`input${by}output`, ...rows.map(({ input, output }) => `"${input}"${by}"${output}"`)].join('\n')

const files: [name: string, content: () => string | Uint8Array][] = [
  ['pairs.jsonl', () => rows.map((row) => JSON.stringify(row)).join('\n')],
  ['pairs.json', () => JSON.stringify(rows)],
  ['pairs.csv', () => table(',')],
  ['pairs.tsv', () => table('\t')],
  ['pairs.xlsx', () => writeXlsx({ Pairs: [['input', 'output'], ...rows.map(({ input, output }) => [input, output])] })],
  ['pairs.parquet', () => new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'input', data: inputs, type: 'STRING' }, { name: 'output', data: outputs, type: 'STRING' }] }))],
]

/** As a file let go over the room. */
async function drop(page: Page, name: string, content: string | Uint8Array) {
  const bytes = [...(typeof content === 'string' ? new TextEncoder().encode(content) : content)]
  const transfer = await page.evaluateHandle(
    ([fileName, all]) => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(all)], fileName))
      return data
    },
    [name, bytes] as const,
  )
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: transfer })
}

const title = (page: Page) => page.getByRole('heading', { level: 1 })
const row = (page: Page, number: number) => page.locator('#rows li', { has: page.getByRole('button', { name: `Show row ${number} as the model sees it`, exact: true }) })

test('reads every kind of file that is dropped', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  for (const [name, content] of files) {
    await expect(page.getByRole('button', { name: 'Choose a file' })).toBeEnabled()
    await drop(page, name, content())
    await expect(title(page), name).toHaveText('3 pairs, ready to learn from')
    await expect(page.locator('#rows li').nth(1), name).toContainText('Do you like fish?')
    await expect(page.locator('#rows li').nth(1), name).toContainText('Yes, very much.')
    await page.getByRole('button', { name: 'Other pairs' }).click()
  }
  await drop(page, 'story.txt', 'Once upon a time.\n\nThere was a dog.')
  await expect(title(page)).toHaveText(/texts?, ready to learn from/)
})

test('what stops training stops it, and Train says where to look', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  const pairs = (...answers: string[]) => answers.map((output) => JSON.stringify({ input: 'Where?', output })).join('\n')
  await drop(page, 'pairs.jsonl', pairs(' ', ' '))
  await expect(title(page)).toContainText('not yet ready')
  await expect(page.getByText('No example has an answer to learn.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Go to Train' })).toHaveCount(0)
  await page.locator('nav a[href="#train"]').click()
  await expect(page.getByRole('button', { name: 'Start training' })).toHaveCount(0)
  await page.getByRole('link', { name: 'See what was found' }).click()
  await page.getByRole('button', { name: 'Other pairs' }).click()
  await drop(page, 'pairs.jsonl', pairs(' ', 'There.'))
  await expect(title(page)).toContainText('ready to learn from')
  await page.getByRole('link', { name: 'Go to Train' }).click()
  await expect(page.getByRole('button', { name: 'Start training' })).toBeVisible()
})

test('puts three findings right, changes a cell, takes it back, divides, and trains', async ({ page }) => {
  await page.goto(open('findings', 'data'))
  await openBoth(page)
  const findings = page.getByRole('region', { name: 'Findings' })
  await page.getByRole('button', { name: /^Show \d+ more$/ }).click()
  for (const [mend, before, after] of [
    ['Keep one of each', '65 pairs', '64 pairs'],
    ['Remove these characters', '64 pairs', '64 pairs'],
    ['Replace with marks like [EMAIL_1]', '64 pairs', '64 pairs'],
  ] as const) {
    await expect(title(page)).toContainText(before)
    await findings.getByRole('button', { name: mend }).first().click()
    await expect(findings.getByRole('button', { name: mend })).toHaveCount(0)
    await expect(title(page)).toContainText(after)
  }
  await page.getByLabel('Find a word in the rows').fill('Who shall I write')
  await expect(page.locator('#rows li')).toHaveCount(1)
  await expect(page.locator('#rows li')).not.toContainText('jo.smith')
  await page.getByLabel('Find a word in the rows').fill('')

  await row(page, 2).getByRole('button', { name: /^Change the output/ }).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('Under the old sail.')
  await page.keyboard.press('Control+Enter')
  await expect(row(page, 2)).toContainText('Under the old sail.')
  await page.getByRole('button', { name: 'Undo: Change row 2' }).click()
  await expect(row(page, 2)).toContainText('in the garden')

  await page.getByLabel(/^Share kept aside/).click()
  await page.getByRole('option', { name: '20 %' }).click()
  await expect(page.getByText(/^1[23] unseen$/)).toBeVisible()
  await page.getByRole('link', { name: 'Go to Train' }).click()
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(title(page)).toHaveText('Learning “pirate”')
})

test('shows what is cut off, keeps any share aside, and draws by a seed that is typed', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openBoth(page)
  await page.getByLabel(/^Share kept aside/).click()
  await page.getByRole('option', { name: 'other' }).click()
  await page.getByLabel('Share', { exact: true }).fill('25')
  await page.getByLabel('Share', { exact: true }).press('Enter')
  await expect(page.getByText('15 unseen', { exact: true })).toBeVisible()
  await page.getByLabel('Seed', { exact: true }).fill('7')
  await page.getByLabel('Seed', { exact: true }).press('Enter')
  await expect(page.getByRole('button', { name: 'Draw others, now seed 7' })).toBeVisible()
  await page.getByLabel('Seed', { exact: true }).fill('no')
  await page.getByLabel('Seed', { exact: true }).press('Enter')
  await expect(page.getByText(/^A whole number from 0 to/)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'How rows are packed' })).toBeVisible()
  await expect(page.getByText(/rows lie in a line of \d+ tokens/)).toBeVisible()

  await page.getByRole('button', { name: 'Other pairs' }).click()
  const long = { input: 'A story?', output: 'Once upon a time there was a dog. '.repeat(100) }
  await drop(page, 'long.jsonl', [long, ...rows].map((one) => JSON.stringify(one)).join('\n'))
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'As the model sees it' }) })
  await expect(card.getByText('struck out')).toBeVisible()
  await expect(card.getByTitle(/cut off$/).last()).toHaveText('</s>')
  // Its beginning, the cut and its end are in sight: two folds lie between.
  await card.getByRole('button', { name: /more tokens$/ }).last().click()
  await card.getByRole('button', { name: /more tokens$/ }).click()
  await expect(card.getByRole('button', { name: /more tokens$/ })).toHaveCount(0)
  await card.getByRole('button', { name: 'Next row' }).click()
  await expect(card.getByText('struck out')).toHaveCount(0)
})

test('adds a dropped file to what is open, and asks before it reads the file anew', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await page.waitForFunction(() => window.homespun.workshop.engine.status === 'ready')
  await drop(page, 'pairs.csv', table(','))
  await expect(title(page)).toHaveText('3 pairs, ready to learn from')
  await page.evaluate(() => window.homespun.workshop.dataset.dropped.offer([new File(['input,output\nWho?,Me.'], 'more.csv')]))
  await page.getByRole('button', { name: 'Add its rows to these' }).click()
  await expect(title(page)).toContainText('4 pairs')
  await page.getByRole('button', { name: 'Change columns' }).click()
  await page.getByRole('button', { name: 'Read it like this' }).click()
  await expect(page.getByRole('heading', { name: 'Read the file anew?' })).toBeVisible()
  await page.getByRole('button', { name: 'Keep what I changed' }).click()
  await expect(title(page)).toContainText('4 pairs')
  await page.getByRole('button', { name: 'Read it like this' }).click()
  await page.getByRole('button', { name: 'Read it anew' }).click()
  await expect(title(page)).toContainText('3 pairs')
})

test('says which column is what, where the file does not', async ({ page }) => {
  await page.goto(open('unclear', 'data'))
  await page.waitForFunction(() => window.homespun.workshop.engine.status === 'ready')
  await page.evaluate(() => window.homespun.openData())
  await page.getByLabel('What is asked (input)').click()
  await page.getByRole('option', { name: 'frage' }).click()
  await page.getByLabel('What to answer (output)').click()
  await page.getByRole('option', { name: 'antwort' }).click()
  await page.getByRole('button', { name: 'Read it like this' }).click()
  await expect(title(page)).toHaveText('2 pairs, ready to learn from')
  await expect(page.getByText('“frage” is the input, “antwort” is the output.')).toBeVisible()
})

test('a table without a header is read from its first row on', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  await drop(page, 'talk.csv', 'Who are you?,A sailor.\nWhere is the dog?,In the garden.')
  await expect(page.getByRole('button', { name: 'Read it like this' })).toBeDisabled()
  await page.getByRole('switch', { name: 'The first row is data' }).click()
  await page.getByRole('button', { name: 'Read it like this' }).click()
  await expect(title(page)).toContainText('2 pairs')
  await expect(row(page, 1)).toContainText('A sailor.')
  await expect(page.getByText('The first row is data.')).toBeVisible()
})

test('F34 asks how a file is written, and a wrong choice can be changed', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  await openFile(page, cyrillicFile)
  await expect(page.getByText('Где кот?,В саду.')).toBeVisible()
  await page.getByRole('button', { name: 'Read as Russian, older (KOI8-R)' }).click()
  await expect(row(page, 2)).not.toContainText('Где кот?')
  await expect(page.getByText('Read as Russian, older (KOI8-R).')).toBeVisible()
  await page.getByRole('button', { name: 'Change encoding' }).click()
  await page.getByRole('button', { name: 'Read as Cyrillic (windows-1251)' }).click()
  await expect(row(page, 2)).toContainText('Где кот?')
  await page.getByRole('button', { name: 'Change encoding' }).click()
  await page.getByLabel('None of them').click()
  await page.getByRole('option', { name: 'Hebrew (windows-1255)' }).click()
  await expect(page.getByText('Read as Hebrew (windows-1255).')).toBeVisible()
})

test('adds rows to typed pairs from a table whose columns have to be named, or leaves them', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  await page.getByRole('button', { name: 'Type them in' }).click()
  const add = async () => {
    await page.getByRole('button', { name: 'Add rows' }).click()
    await page.getByLabel('Rows to add').fill('frage;antwort\nWo?;Hier.\nWann?;Jetzt.')
    await page.getByRole('button', { name: 'Add these rows' }).click()
    await expect(page.getByText('pasted: which column is what?')).toBeVisible()
  }
  await add()
  await page.getByRole('button', { name: 'Leave it' }).click()
  await expect(page.getByText('which column is what?')).toHaveCount(0)
  await add()
  await page.getByLabel('What is asked (input)').click()
  await page.getByRole('option', { name: 'frage' }).click()
  await page.getByLabel('What to answer (output)').click()
  await page.getByRole('option', { name: 'antwort' }).click()
  await page.getByRole('button', { name: 'Read it like this' }).click()
  await expect(title(page)).toContainText('3 pairs')
  await expect(page.locator('#rows')).toContainText('Jetzt.')
})

test('what one file was divided by is not carried to the next', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  await drop(page, 'one.jsonl', rows.map((one) => JSON.stringify(one)).join('\n'))
  await expect(title(page)).toContainText('3 pairs')
  await page.evaluate(() => window.homespun.workshop.dataset.setSplit({ validationFraction: 0, by: 'row' }))
  await page.getByRole('button', { name: 'Other pairs' }).click()
  await drop(page, 'two.jsonl', rows.map((one, at) => JSON.stringify({ ...one, split: at === 1 ? 'test' : 'train' })).join('\n'))
  await expect(row(page, 2)).toContainText('unseen')
  await expect(page.getByText('two.jsonl · 2 for training, 1 kept aside')).toBeVisible()
})

test('tells every line that was left out, and in the table what is wrong with each row', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  const lines = Array.from({ length: 40 }, (_, at) => (at % 2 ? `{"input": ${at}` : JSON.stringify({ input: `What is number ${at}?`, output: at % 8 ? `It is ${at}.` : '' })))
  await drop(page, 'lines.jsonl', lines.join('\n'))
  const findings = page.getByRole('region', { name: 'Findings' })
  const bad = findings.getByRole('listitem').filter({ hasText: 'not valid JSON' }).first()
  await expect(bad.getByRole('button', { name: 'Show', exact: true })).toHaveCount(0)
  await bad.getByRole('button', { name: 'All 20 rows, one by one' }).click()
  const listed = findings.getByRole('region', { name: 'Rows with: bad json' })
  for (const number of [2, 4, 6]) await expect(listed.getByText(`row ${number}`, { exact: true })).toBeVisible()
  await listed.press('End')
  await expect(listed.getByText('row 40', { exact: true })).toBeVisible()

  const unanswered = findings.getByRole('listitem').filter({ hasText: 'The answer is empty' }).first()
  await unanswered.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page.getByText('5 of 20 rows')).toBeVisible()
  await expect(row(page, 9)).toContainText('The answer is empty: the row is not learnt from until it has one.')
  await row(page, 9).getByRole('button', { name: /^Change the output/ }).click()
  await page.keyboard.type('It is eight.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('4 of 20 rows')).toBeVisible()
})

test('says so where nothing is wrong, and takes what is good to know for read', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  await drop(page, 'few.jsonl', Array.from({ length: 20 }, (_, at) => JSON.stringify({ input: `${'abcdefghijklmnopqrst'[at]} is number ${at}?`, output: `${at * 7} of ${'tsrqponmlkjihgfedcba'[at]}` })).join('\n'))
  const findings = page.getByRole('region', { name: 'Findings' })
  await expect(findings.getByRole('heading', { name: 'In good shape' })).toBeVisible()
  await expect(findings).toContainText('All 20 rows were looked through')
  for (const fine = findings.getByRole('button', { name: 'It is fine' }); (await fine.count()) > 0; ) await fine.first().click()
  await expect(findings.getByRole('heading', { name: 'In good shape' })).toBeVisible()
})

test('takes pasted prose for a text', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  await page.getByRole('button', { name: 'Paste text' }).click()
  await page.getByLabel('Pairs, as JSON lines or CSV').fill('Well, hello; or | goodbye.\nIt was late, and the harbour slept.')
  await page.getByRole('button', { name: 'Read these pairs' }).click()
  await expect(title(page)).toContainText('1 text')
})

test('what was typed is there on the next visit, made by keyboard alone', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await openModel(page)
  const begin = page.getByRole('button', { name: 'Type them in' })
  await begin.focus()
  await page.keyboard.press('Enter')
  for (const [name, text] of [['input', 'Who are you?'], ['output', 'A pirate.']] as const) {
    await page.getByRole('button', { name: `Change the ${name} of row 1:` }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type(text)
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('button', { name: `Change the ${name} of row 1: ${text}` })).toBeFocused()
  }
  await page.waitForFunction(() => window.homespun.workshop.dataset.kept)
  await page.reload()
  await page.getByRole('button', { name: 'Open My pairs' }).click()
  await expect(row(page, 1)).toContainText('A pirate.')
  await page.getByRole('button', { name: 'Other pairs' }).click()
  await page.getByRole('button', { name: 'Delete My pairs from this browser' }).click()
  await page.getByRole('button', { name: 'Delete it' }).click()
  await expect(page.getByRole('heading', { name: 'Yours, kept in this browser' })).toHaveCount(0)
})

test('an answer that is put right becomes a pair', async ({ page }) => {
  await page.goto(open('shelf', 'try'))
  await openModel(page)
  await page.getByLabel('What to ask').fill('What will the weather be?')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Put it right' }).last().click()
  await page.getByLabel('What it should have said').fill('Fair winds, matey.')
  await page.getByRole('button', { name: 'Add this to the pairs' }).click()
  await page.getByRole('link', { name: '1 pair', exact: true }).click()
  await expect(row(page, 1)).toContainText('Fair winds, matey.')
  await expect(row(page, 1)).toContainText(/a chat with “.+” on Thimble-4M, put right/)
})

test('a turn of a conversation is changed where it stands, and a kept dataset gets another name', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  const turn = (role: string, content: string) => ({ role, content })
  const messages = [turn('user', 'Hi?'), turn('assistant', 'Hello.'), turn('user', 'Name?'), turn('assistant', 'Tom.')]
  await drop(page, 'talk.jsonl', `${JSON.stringify({ messages })}\n`)
  await page.getByRole('button', { name: 'Change the turn 2, assistant of row 1: Hello.' }).click()
  await page.keyboard.type(' there')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('button', { name: /^Change the turn 2, assistant of row 1: .*there/ })).toBeVisible()
  await page.getByRole('button', { name: 'Other pairs' }).click()
  await page.getByRole('button', { name: 'Rename “talk.jsonl”' }).click()
  await page.getByLabel('Name of the dataset').fill('small talk')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Open small talk' }).click()
  await expect(page.getByRole('button', { name: /of row 1: .*there/ })).toBeVisible()
})
