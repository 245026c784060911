/** The Data room as a person uses it: every kind of file dropped, what is wrong put right, rows changed and divided, then trained on. By keyboard too. */
import { expect, test, type Page } from '@playwright/test'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { writeXlsx } from '../../scripts/lib/write-xlsx.ts'
import { openBoth, openModel } from '../ui/states.ts'
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
    ['Keep one of each', '64 pairs', '63 pairs'],
    ['Remove these characters', '63 pairs', '63 pairs'],
    ['Replace with marks like [NAME_1]', '63 pairs', '63 pairs'],
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
  await expect(row(page, 1)).toContainText('a chat, put right')
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
