/** Every state of every room that a person can meet, and how the fixture's page gets there. */
import { dataStates } from './data-states.ts'
import { keepStates } from './keep-states.ts'
import { ask, engine, findModels, lookUp, openBoth, openLesson, openModel, startTraining, stay, type PageState } from './reach.ts'
import { tryStates } from './try-states.ts'

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
  ...dataStates,
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
    name: 'a run that ended, and another beside it',
    scenario: 'full-shelf',
    room: 'train',
    reach: async (page) => {
      await startTraining(page, 300)
      await page.evaluate(() => window.homespun.fixture.end('finished'))
      await page.getByRole('button', { name: 'Try it' }).waitFor()
      for (const name of ['pirate, rank 64', 'pirate, rank 8']) {
        await page.getByLabel('Another run beside it').click()
        await page.getByRole('option', { name: `beside ${name}` }).click()
      }
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
  ...tryStates,
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
  ...keepStates,
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
