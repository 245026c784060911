/** A template that a person chose belongs to what is open: it stays where that is read in another way, and is gone with it. */
import { expect, it } from 'vitest'
import type { DatasetSummary, DataState, PlainTemplate, TuningService } from '../../src/service/types.ts'
import { Dataset } from '../../src/state/dataset.svelte.ts'
import type { Engine } from '../../src/state/engine.svelte.ts'
import type { Model } from '../../src/state/model.svelte.ts'

const CHOSEN = { prompt: 'Q: {input}\nA:', answer: ' {output}' }
const state = (template: PlainTemplate | undefined): DataState => ({
  summary: { template, splitSettings: { validationFraction: 0.1, seed: 1 } } as unknown as DatasetSummary,
  undoes: undefined,
  redoes: undefined,
  edits: 0,
  accepted: {},
})

function opened(refuse: () => boolean = () => false) {
  const service = {
    readData: async () => (refuse() ? Promise.reject(new Error('This is no data.')) : state(undefined)),
    openKept: async () => state(undefined),
    newData: async () => state(undefined),
    setTemplate: async (template) => state(template),
    setSplit: async () => state(CHOSEN),
    rows: async () => ({ rows: [], total: 0 }),
    keepData: async () => undefined,
    checkData: async () => [],
  } as Partial<TuningService>
  const events = { onChange: async () => undefined, onKept: () => undefined }
  return new Dataset({ service } as Engine, {} as Model, () => undefined, events)
}

const template = (dataset: Dataset) => dataset.summary?.template
const file = (name: string) => new File(['a,b\n'], name)

it('stays where the file is read in another way', async () => {
  const dataset = opened()
  await dataset.open(file('one.csv'))
  await dataset.setTemplate(CHOSEN)
  await dataset.readAs({ encoding: 'windows-1252' })
  expect(template(dataset)).toEqual(CHOSEN)
})

it('is gone with other data, however that is opened', async () => {
  for (const open of [(dataset: Dataset) => dataset.open(file('two.csv')), (dataset: Dataset) => dataset.openKept('two'), (dataset: Dataset) => dataset.begin()]) {
    const dataset = opened()
    await dataset.open(file('one.csv'))
    await dataset.setTemplate(CHOSEN)
    await open(dataset)
    expect(template(dataset)).toBeUndefined()
  }
})

it('stays with what is open where another file is refused', async () => {
  let refused = false
  const dataset = opened(() => refused)
  await dataset.open(file('one.csv'))
  await dataset.setTemplate(CHOSEN)
  refused = true
  await dataset.open(file('two.csv'))
  refused = false
  dataset.leaveQuestion()
  await dataset.readAs({ encoding: 'windows-1252' })
  expect(template(dataset)).toEqual(CHOSEN)
})
