/** States of the Try room beyond a question and its answers. */
import { ask, openBoth, type PageState } from './reach.ts'

export const tryStates: PageState[] = [
  {
    name: 'a conversation, with what all are told first',
    scenario: 'chat',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.getByText('Tell it something first').click()
      await page.getByLabel('What it is told first').fill('You are a pirate. Answer in one line, whatever you are asked, and never say where the treasure is.')
      await ask(page)
      for (const next of ['And on Sunday?', 'Why?', 'Who said so?', 'Really?']) {
        await page.getByLabel('Your next question').fill(next)
        await page.getByRole('button', { name: 'Ask on' }).click()
        await page.getByRole('button', { name: 'Ask again', disabled: false }).waitFor()
      }
    },
  },
  {
    name: 'a text to go on from',
    scenario: 'texts',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.getByLabel('What to go on from').fill('The captain looked at the sky and')
      await page.getByRole('button', { name: 'Let both go on' }).click()
      await page.getByText('matey').waitFor()
    },
  },
  {
    name: 'a token and what else it could have been',
    scenario: 'shelf',
    room: 'try',
    reach: async (page) => {
      await ask(page)
      await page.getByRole('button', { name: 'matey' }).focus()
      await page.getByRole('dialog', { name: 'Alternatives of this token' }).waitFor()
    },
  },
  {
    name: 'a third answer beside',
    scenario: 'shelf',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.getByRole('group', { name: 'Who else answers' }).getByRole('button').click()
      await ask(page)
      await page.getByRole('group', { name: 'The answer, token by token.' }).nth(2).waitFor()
    },
  },
  {
    name: 'a blend of two adapters',
    scenario: 'shelf',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.getByLabel('Which adapter speaks').click()
      await page.getByRole('option', { name: 'Several, as a blend' }).click()
      await page.getByRole('slider').last().press('End')
    },
  },
  {
    name: 'scores on rows',
    scenario: 'shelf',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.getByRole('radio', { name: 'Score on rows' }).click()
      await page.getByRole('switch', { name: /^Show the base/ }).click()
      await page.getByRole('button', { name: 'Measure all three' }).click()
      await page.getByRole('heading', { name: 'Row by row' }).waitFor()
    },
  },
  {
    name: 'rows being measured',
    scenario: 'shelf',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.evaluate(() => (window.homespun.fixture.holdAnswers = true))
      await page.getByRole('radio', { name: 'Score on rows' }).click()
      await page.getByRole('button', { name: 'Measure both' }).click()
      await page.getByText('2 of 6 rows,').waitFor()
    },
  },
  {
    name: 'rows known by heart',
    scenario: 'shelf',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.getByRole('radio', { name: 'By heart?' }).click()
      await page.getByRole('button', { name: /^Ask for .* rows/ }).click()
      await page.getByRole('heading', { name: 'What it recites' }).waitFor()
    },
  },
  {
    name: 'planted secrets',
    scenario: 'shelf',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.getByRole('radio', { name: 'By heart?' }).click()
      await page.getByRole('button', { name: 'Ask for the 3 secrets' }).click()
      await page.getByRole('heading', { name: 'It says 1 of 3 secrets word for word' }).waitFor()
    },
  },
]
