/** The row in the preview: cut where a run would cut it, and never another row's tokens. */
import { expect, it } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import type { PreviewToken, TuningService } from '../../src/service/types.ts'
import { DataView } from '../../src/state/data-view.svelte.ts'
import type { Engine } from '../../src/state/engine.svelte.ts'
import type { Model } from '../../src/state/model.svelte.ts'

const token = (id: number): PreviewToken => ({ id, text: String(id), learnt: false, special: false, cut: false })
const model = { summary: { contextLength: 256 } } as Model
const view = (service: Partial<TuningService>, runLength: () => number | undefined = () => undefined) =>
  new DataView({ service } as Engine, model, runLength)

it('cuts where the run would, and follows when that changes', async () => {
  let length: number | undefined
  const asked: number[] = []
  const shown = view({ previewRow: async (_row, maxLength) => (asked.push(maxLength), [token(1)]) }, () => length)
  await shown.show(1)
  length = 64
  await shown.recut()
  await shown.recut()
  length = 9999
  await shown.recut()
  expect(asked).toEqual([256, 64, 256])
})

it('shows why a row has no tokens in place of those of the row before', async () => {
  const refused = new HomespunError('chat-template-refused', 'The chat template refuses this row.')
  const shown = view({ previewRow: (row) => (row === 2 ? Promise.reject(refused) : Promise.resolve([token(row)])) })
  await shown.show(1)
  await shown.show(2)
  expect(shown.preview).toBeUndefined()
  expect(shown.previewFailure?.code).toBe('chat-template-refused')
  await shown.show(3)
  expect(shown.preview).toEqual([token(3)])
  expect(shown.previewFailure).toBeUndefined()
})

it('an answer that comes late does not take the place of a later row', async () => {
  const answers = new Map<number, (tokens: PreviewToken[]) => void>()
  const shown = view({ previewRow: (row) => new Promise((resolve) => answers.set(row, resolve)) })
  const [first, second] = [shown.show(1), shown.show(2)]
  answers.get(2)!([token(2)])
  answers.get(1)!([token(1)])
  await Promise.all([first, second])
  expect(shown.preview).toEqual([token(2)])
})

it('says why rows could not be fetched, and fetches them again', async () => {
  let broken = true
  const row = { row: 1, part: 'training', input: 'a', output: 'b' } as const
  const shown = view({
    dataRows: () => (broken ? Promise.reject(new HomespunError('worker-failed', 'The engine stopped.')) : Promise.resolve({ total: 1, rows: [row] })),
    previewRow: async () => [],
  })
  await shown.reset()
  expect(shown.failure?.code).toBe('worker-failed')
  broken = false
  await shown.refresh()
  expect(shown.failure).toBeUndefined()
  expect(shown.rows.get(0)).toEqual(row)
})
