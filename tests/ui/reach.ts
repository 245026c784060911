/** How the fixture’s page gets to where a person could be. */
import type { Page } from '@playwright/test'

export interface PageState {
  name: string
  /** The fixture's scenario, and the room it is looked at in. */
  scenario: string
  room: 'model' | 'data' | 'train' | 'try' | 'keep'
  reach: (page: Page) => Promise<void>
}

export const stay = async () => {}
/** Nothing can be opened before the engine is there. */
export const engine = async (page: Page) => {
  await page.waitForFunction(() => window.homespun.workshop.engine.status === 'ready')
}

export async function openModel(page: Page) {
  await engine(page)
  await page.evaluate(() => window.homespun.openModel())
}

export async function findModels(page: Page) {
  await engine(page)
  await page.getByLabel('Name of a model').fill('smollm2')
  await page.keyboard.press('Enter')
  await page.getByText('3 models for “smollm2”').waitFor()
}

export async function lookUp(page: Page, repo: string) {
  await engine(page)
  await page.evaluate((name) => window.homespun.workshop.hub.lookUp(name), repo)
}

export async function openData(page: Page) {
  await engine(page)
  await page.evaluate(() => window.homespun.openData())
}

/** A table of two pairs as a Russian Windows computer writes it. */
export const cyrillicFile = {
  name: 'questions.csv',
  bytes: [
    ...new TextEncoder().encode('input,output\n'),
    0xc3, 0xe4, 0xe5, 0x20, 0xea, 0xee, 0xf2, 0x3f, 0x2c, 0xc2, 0x20, 0xf1, 0xe0, 0xe4, 0xf3, 0x2e, 0x0a,
    0xca, 0xf2, 0xee, 0x20, 0xfd, 0xf2, 0xee, 0x3f, 0x2c, 0xdd, 0xf2, 0xee, 0x20, 0xff, 0x2e, 0x0a,
  ],
}

/** Opens a file as one that was chosen. */
export async function openFile(page: Page, file: { name: string; bytes: readonly number[] }) {
  await page.evaluate(([name, bytes]) => window.homespun.workshop.dataset.open(new File([new Uint8Array(bytes)], name)), [file.name, file.bytes] as const)
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

export async function openLesson(page: Page, title: string) {
  await page.getByRole('link', { name: 'Other lessons' }).click()
  await page.getByRole('button', { name: `Teach it this: ${title}` }).click()
  await page.getByRole('button', { name: 'Start training', disabled: false }).waitFor()
}

export async function ask(page: Page) {
  await openBoth(page)
  await page.getByLabel('What to ask').fill('What will the weather be tomorrow?')
  await page.getByRole('button', { name: /^Ask/ }).click()
}

/** As in a browser that downloads what it cannot write to a file: the window in which one is named is the system's, and no test can press it. */
export async function withoutPicker(page: Page) {
  await page.evaluate(() => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined, configurable: true }))
}

export async function exportModel(page: Page, begin: boolean, form = /transformers.js/) {
  await openBoth(page)
  await page.getByRole('button', { name: 'Export' }).first().click()
  await page.getByRole('radio', { name: form }).click()
  await withoutPicker(page)
  if (begin) await page.getByRole('button', { name: 'Export the model' }).click()
}
