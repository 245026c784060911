/** Every state of every room that a person can meet, and how the fixture's page gets there. */
import type { Page } from '@playwright/test'
import { tryStates } from './try-states.ts'

export interface PageState {
  name: string
  /** The fixture's scenario, and the room it is looked at in. */
  scenario: string
  room: 'model' | 'data' | 'train' | 'try' | 'keep'
  reach: (page: Page) => Promise<void>
}

const stay = async () => {}
/** Nothing can be opened before the engine is there. */
const engine = async (page: Page) => {
  await page.waitForFunction(() => window.homespun.workshop.engine.status === 'ready')
}

export async function openModel(page: Page) {
  await engine(page)
  await page.evaluate(() => window.homespun.openModel())
}

async function findModels(page: Page) {
  await engine(page)
  await page.getByLabel('Name of a model').fill('smollm2')
  await page.keyboard.press('Enter')
  await page.getByText('3 models for “smollm2”').waitFor()
}

async function lookUp(page: Page, repo: string) {
  await engine(page)
  await page.evaluate((name) => window.homespun.workshop.hub.lookUp(name), repo)
}

async function openData(page: Page) {
  await engine(page)
  await page.evaluate(() => window.homespun.openData())
}

export async function openBoth(page: Page) {
  await openModel(page)
  await openData(page)
}

export async function startTraining(page: Page, step: number) {
  await openBoth(page)
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.evaluate((to) => window.homespun.fixture.advance(to), step)
}

async function openLesson(page: Page, title: string) {
  await page.getByRole('link', { name: 'Other lessons' }).click()
  await page.getByRole('button', { name: `Teach it this: ${title}` }).click()
  await page.getByRole('button', { name: 'Start training', disabled: false }).waitFor()
}

async function ask(page: Page) {
  await openBoth(page)
  await page.getByLabel('What to ask').fill('What will the weather be tomorrow?')
  await page.getByRole('button', { name: /^Ask/ }).click()
}

async function exportModel(page: Page, begin: boolean, form = /transformers.js/) {
  await openBoth(page)
  await page.getByRole('button', { name: 'Export' }).first().click()
  await page.getByRole('radio', { name: form }).click()
  if (begin) await page.getByRole('button', { name: 'Export the model' }).click()
}

export const states: PageState[] = [
  { name: 'no model', scenario: 'empty', room: 'model', reach: stay },
  {
    name: 'a model being read',
    scenario: 'loading',
    room: 'model',
    reach: (page) => page.evaluate(() => void window.homespun.openModel()),
  },
  { name: 'downloaded models', scenario: 'downloaded', room: 'model', reach: engine },
  { name: 'models that were found', scenario: 'empty', room: 'model', reach: findModels },
  { name: 'models for the processor', scenario: 'webgpu-missing', room: 'model', reach: engine },
  { name: 'a model looked up', scenario: 'empty', room: 'model', reach: (page) => lookUp(page, 'HuggingFaceTB/SmolLM2-135M') },
  { name: 'a gated model', scenario: 'empty', room: 'model', reach: (page) => lookUp(page, 'google/gemma-3-270m') },
  { name: 'a model too large', scenario: 'webgpu-missing', room: 'model', reach: (page) => lookUp(page, 'mistralai/Mistral-7B-v0.3') },
  { name: 'a model that is missing', scenario: 'empty', room: 'model', reach: (page) => lookUp(page, 'nobody/nothing') },
  {
    name: 'a model being downloaded',
    scenario: 'empty',
    room: 'model',
    reach: async (page) => {
      await lookUp(page, 'HuggingFaceTB/SmolLM2-135M')
      await page.getByRole('button', { name: 'Download 271 MB' }).click()
      await page.getByText('about 41 s left').first().waitFor()
    },
  },
  {
    name: 'where models come from',
    scenario: 'empty',
    room: 'model',
    reach: (page) => page.getByRole('button', { name: 'on huggingface.co' }).click(),
  },
  { name: 'a model', scenario: 'empty', room: 'model', reach: openModel },
  { name: 'a refused model', scenario: 'model-error', room: 'model', reach: openModel },
  { name: 'no data', scenario: 'empty', room: 'data', reach: stay },
  { name: 'data without a model', scenario: 'findings', room: 'data', reach: openData },
  { name: 'data with findings', scenario: 'findings', room: 'data', reach: openBoth },
  { name: 'columns that are not clear', scenario: 'unclear', room: 'data', reach: openData },
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
  { name: 'training that waits', scenario: 'empty', room: 'train', reach: stay },
  {
    name: 'an unfinished run with its earlier steps',
    scenario: 'unfinished',
    room: 'train',
    reach: async (page) => {
      await openModel(page)
      await page.getByRole('button', { name: 'Open the model in int8' }).click()
      await page.getByRole('button', { name: 'Earlier steps' }).click()
      await page.getByRole('button', { name: 'Second run from step 50' }).click()
    },
  },
  {
    name: 'settings with a mistake',
    scenario: 'empty',
    room: 'train',
    reach: async (page) => {
      await openBoth(page)
      await page.getByRole('button', { name: /^Settings/ }).click()
      await page.getByLabel('How fast it learns').fill('0')
      await page.getByRole('switch', { name: /^Plant secrets/ }).click()
      await page.getByLabel('How often each is repeated').fill('1, 4, 16, 64')
    },
  },
  {
    name: 'a run, and the next one being added',
    scenario: 'empty',
    room: 'train',
    reach: async (page) => {
      await startTraining(page, 148)
      await page.getByRole('button', { name: /^layer 6, q_proj/ }).click()
      await page.getByRole('button', { name: 'Add a run' }).click()
    },
  },
  {
    name: 'a paused run with warnings',
    scenario: 'by-heart',
    room: 'train',
    reach: async (page) => {
      await startTraining(page, 150)
      await page.evaluate(() => {
        window.homespun.fixture.advance(151, 2)
        window.homespun.fixture.warn('Storage is nearly full.')
      })
      await page.getByRole('button', { name: 'Pause' }).click()
    },
  },
  {
    name: 'a run that ended',
    scenario: 'empty',
    room: 'train',
    reach: async (page) => {
      await startTraining(page, 300)
      await page.evaluate(() => window.homespun.fixture.end('finished'))
      await page.getByRole('button', { name: 'Try it' }).waitFor()
    },
  },
  {
    name: 'a lesson that failed',
    scenario: 'first-visit',
    room: 'model',
    reach: async (page) => {
      await openLesson(page, 'Six pairs, a hundred times')
      await page.getByRole('button', { name: 'Start training' }).click()
      await page.evaluate(() => {
        window.homespun.fixture.advance(150)
        window.homespun.fixture.end('finished')
      })
      await page.getByRole('button', { name: 'Try it' }).waitFor()
    },
  },
  { name: 'a run that may not fit', scenario: 'too-large', room: 'train', reach: openBoth },
  {
    name: 'a run that failed',
    scenario: 'no-room',
    room: 'train',
    reach: async (page) => {
      await openBoth(page)
      await page.getByRole('button', { name: 'Start training' }).click()
    },
  },
  { name: 'nothing to ask', scenario: 'empty', room: 'try', reach: stay },
  { name: 'the base alone', scenario: 'empty', room: 'try', reach: openBoth },
  {
    name: 'the questions of a lesson',
    scenario: 'first-visit',
    room: 'model',
    reach: async (page) => {
      await openLesson(page, 'Talk like a pirate')
      await page.locator('nav a[href="#try"]').click()
      await page.getByRole('group', { name: 'Questions of this lesson' }).waitFor()
    },
  },
  { name: 'both answers', scenario: 'shelf', room: 'try', reach: ask },
  ...tryStates({ openBoth, ask }),
  { name: 'a refused question', scenario: 'answer-error', room: 'try', reach: ask },
  {
    name: 'sampling',
    scenario: 'shelf',
    room: 'try',
    reach: async (page) => {
      await openBoth(page)
      await page.getByRole('button', { name: 'Sampling' }).click()
    },
  },
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
  {
    name: 'engine and privacy',
    scenario: 'shelf',
    room: 'model',
    reach: (page) => page.getByRole('button', { name: /engine and privacy/ }).click(),
  },
  {
    name: 'a lost device',
    scenario: 'empty',
    room: 'data',
    reach: async (page) => {
      await openBoth(page)
      await page.evaluate(() => window.homespun.fixture.loseDevice(true))
    },
  },
  { name: 'an insecure address', scenario: 'insecure-context', room: 'model', reach: stay },
  { name: 'no WebGPU', scenario: 'webgpu-missing', room: 'model', reach: stay },
  { name: 'a dead worker', scenario: 'empty', room: 'model', reach: (page) => page.evaluate(() => window.homespun.crash()) },
]
