/** States of the Data room. */
import { cyrillicFile, engine, openBoth, openData, openFile, openModel, stay, type PageState } from './reach.ts'

export const dataStates: PageState[] = [
  { name: 'no data', scenario: 'empty', room: 'data', reach: stay },
  { name: 'data without a model', scenario: 'findings', room: 'data', reach: openData },
  { name: 'data with findings', scenario: 'findings', room: 'data', reach: openBoth },
  { name: 'columns that are not clear', scenario: 'unclear', room: 'data', reach: openData },
  {
    name: 'a file in another encoding',
    scenario: 'empty',
    room: 'data',
    reach: async (page) => {
      await openModel(page)
      await openFile(page, cyrillicFile)
      await page.getByText('how is it written?').waitFor()
    },
  },
  {
    name: 'a finding row by row, and its rows in the table',
    scenario: 'findings',
    room: 'data',
    reach: async (page) => {
      await openBoth(page)
      const kind = page.getByRole('region', { name: 'Findings' }).getByRole('listitem').filter({ hasText: 'has another output' })
      await kind.getByRole('button', { name: 'Both rows, one by one' }).click()
      await kind.getByRole('button', { name: 'Show', exact: true }).click()
      await page.getByText('2 of 65 rows').waitFor()
    },
  },
  {
    name: 'data in good shape',
    scenario: 'empty',
    room: 'data',
    reach: async (page) => {
      await openBoth(page)
      await page.getByRole('heading', { name: 'In good shape' }).waitFor()
    },
  },
  {
    name: 'rows being found and changed',
    scenario: 'empty',
    room: 'data',
    reach: async (page) => {
      await openBoth(page)
      await page.getByLabel('Find a word in the rows').fill('parrot')
      await page.getByText('5 of 60 rows').waitFor()
      await page.getByRole('button', { name: /^Change the output/ }).first().click()
    },
  },
  {
    name: 'datasets of earlier visits',
    scenario: 'empty',
    room: 'data',
    reach: async (page) => {
      await openData(page)
      await page.getByRole('button', { name: 'Other pairs' }).click()
      await page.getByRole('heading', { name: 'Yours, kept in this browser' }).waitFor()
    },
  },
  {
    name: 'pairs from a document',
    scenario: 'empty',
    room: 'data',
    reach: async (page) => {
      await engine(page)
      await page.getByRole('button', { name: 'From a document' }).click()
      await page.getByLabel('The document’s text').fill('# Cats\n\nCats sleep a lot.\n\n# Dogs\n\nDogs bark.')
    },
  },
  {
    name: 'rows to be added',
    scenario: 'empty',
    room: 'data',
    reach: async (page) => {
      await openData(page)
      await page.getByRole('button', { name: 'Add rows' }).click()
    },
  },
  { name: 'data for a chat template', scenario: 'chat-template', room: 'data', reach: openBoth },
  { name: 'data for a model with an encoder', scenario: 'encoder', room: 'data', reach: openBoth },
  {
    name: 'the paste dialog',
    scenario: 'empty',
    room: 'data',
    reach: (page) => page.getByRole('button', { name: 'Paste text' }).click(),
  },
  {
    name: 'a long row, a file that was dropped, and a seed that is none',
    scenario: 'empty',
    room: 'data',
    reach: async (page) => {
      await openModel(page)
      const row = { input: 'Tell me a story.', output: 'Once upon a time there was a dog. '.repeat(100) }
      await page.evaluate((text) => window.homespun.workshop.dataset.openText(text), `${JSON.stringify(row)}\n{"input":"a","output":"b"}\n{"input":"c","output":"d"}`)
      await page.evaluate(() => window.homespun.workshop.dataset.dropped.offer([new File(['input,output\na,b'], 'more.csv')]))
      await page.getByText('struck out').waitFor()
      await page.getByLabel(/^Share kept aside/).click()
      await page.getByRole('option', { name: 'other' }).click()
      await page.getByLabel('Share', { exact: true }).fill('77')
      await page.getByLabel('Share', { exact: true }).blur()
    },
  },
  {
    name: 'a conversation with tools',
    scenario: 'chat-template',
    room: 'data',
    reach: async (page) => {
      await openModel(page)
      const call = { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"place":"Rome"}' } }
      const messages = [
        { role: 'user', content: 'Weather?' }, { role: 'assistant', content: '', tool_calls: [call] }, { role: 'tool', content: 'clear', tool_call_id: 'a' },
        { role: 'assistant', content: 'Clear.', weight: 0 }, { role: 'user', content: 'Tomorrow?' }, { role: 'assistant', content: 'Rain.' }, { role: 'user', content: 'Bye.' },
      ]
      const tools = [{ type: 'function', function: { name: 'weather' } }]
      await page.evaluate((text) => window.homespun.workshop.dataset.openText(text), JSON.stringify({ messages, tools }))
      await page.getByText('tools: weather').waitFor()
    },
  },
]
