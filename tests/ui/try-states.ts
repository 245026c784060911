/** States of the Try room beyond a question and its answers. */
import type { Page } from '@playwright/test'
import type { PageState } from './states.ts'

type Step = (page: Page) => Promise<void>

export const tryStates = ({ openBoth, ask }: { openBoth: Step; ask: Step }): PageState[] => [
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
