/** States of the Keep room. */
import { engine, exportModel, openBoth, openModel, stay, type PageState } from './reach.ts'

export const keepStates: PageState[] = [
  { name: 'an empty shelf', scenario: 'empty', room: 'keep', reach: stay },
  { name: 'a shelf', scenario: 'shelf', room: 'keep', reach: openBoth },
  { name: 'an export', scenario: 'shelf', room: 'keep', reach: (page) => exportModel(page, false) },
  { name: 'a merged model being exported', scenario: 'exporting', room: 'keep', reach: (page) => exportModel(page, true, /Whole model/) },
  { name: 'a model being exported', scenario: 'exporting', room: 'keep', reach: (page) => exportModel(page, true) },
  { name: 'an export that was refused', scenario: 'export-error', room: 'keep', reach: (page) => exportModel(page, true) },
  {
    name: 'a deletion',
    scenario: 'shelf',
    room: 'keep',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Delete' }).first().click()
      await page.getByRole('button', { name: 'Undo' }).waitFor()
    },
  },
  {
    name: 'an adapter of another version of the model',
    scenario: 'other-version',
    room: 'keep',
    reach: async (page) => {
      await openModel(page)
      await page.getByRole('button', { name: 'Use it here all the same' }).click()
    },
  },
  {
    name: 'a bundle without a script',
    scenario: 'other-version',
    room: 'keep',
    reach: async (page) => {
      await openModel(page)
      await page.getByRole('button', { name: 'Export' }).last().click()
      await page.getByRole('radio', { name: /Everything/ }).click()
    },
  },
  {
    name: 'an export while another adapter is on its way out',
    scenario: 'exporting',
    room: 'keep',
    reach: async (page) => {
      await exportModel(page, true)
      await page.getByRole('button', { name: 'Close' }).click()
      await page.getByRole('button', { name: 'Export' }).nth(1).click()
      await page.getByText('“pirate” is on its way out.').waitFor()
    },
  },
  { name: 'a full shelf', scenario: 'full-shelf', room: 'keep', reach: openBoth },
  {
    name: 'a note being written',
    scenario: 'shelf',
    room: 'keep',
    reach: (page) => page.getByRole('button', { name: 'Change the note on “pirate”' }).click(),
  },
  {
    name: 'adapters compared',
    scenario: 'full-shelf',
    room: 'keep',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Compare' }).click()
      await page.getByRole('checkbox', { name: 'pirate, rank 4' }).check()
    },
  },
  {
    name: 'a backup put back',
    scenario: 'shelf',
    room: 'keep',
    reach: async (page) => {
      await openBoth(page)
      await page.evaluate(async () => {
        const { everything } = window.homespun.workshop
        const backup = await everything.backUp()
        if (backup) await everything.restore(new File([backup.zip], 'backup.zip'))
      })
      await page.getByText('Nothing was missing of the backup').waitFor()
    },
  },
  {
    name: 'a backup that is none',
    scenario: 'shelf',
    room: 'keep',
    reach: async (page) => {
      await engine(page)
      await page.evaluate(() => window.homespun.workshop.everything.restore(new File(['hello'], 'notes.zip')))
    },
  },
  {
    name: 'everything to be erased',
    scenario: 'shelf',
    room: 'keep',
    reach: (page) => page.getByRole('button', { name: 'Erase everything' }).click(),
  },
]
