/** The lessons that are made to fail do so as they say, on the model that they were made for, and the page points at it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BUILT_IN } from '../../src/cli/arguments.ts'
import { openDataFile } from '../../src/cli/dataset.ts'
import { SPLIT } from '../../src/cli/finetune/options.ts'
import { trainInto } from '../../src/cli/finetune/run.ts'
import { readLessons } from '../../src/cli/lessons/measure.ts'
import { withModel, type Opened } from '../../src/cli/model.ts'
import { Silence, type Output } from '../../src/cli/output.ts'
import { learntByHeart } from '../../src/ui/train/by-heart.ts'

const lessons = join(import.meta.dirname, '../../public/lessons')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homespun-lessons-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The curves of a lesson with its own settings, fewer epochs apart: what happens has begun by then. */
async function curvesOf(id: string, epochs: number, opened: Opened, output: Output) {
  const { settings } = (await readLessons()).find((lesson) => lesson.id === id)!
  const data = await openDataFile(join(lessons, `${id}.jsonl`), SPLIT)
  const wishes = { lora: {}, run: { ...settings, epochs, seed: 1 } }
  const { state } = await trainInto({ data, valid: undefined, read: {}, init: undefined, resumed: undefined, out: join(folder, id), foretell: false, wishes }, opened, output)
  return [state.trainingLosses, state.validationLosses] as const
}

it('contradicting labels and six pairs: the training loss falls, the loss on unseen pairs rises, and the page says so, but not before', async () => {
  const choice = { name: BUILT_IN, hub: undefined, revision: undefined, weights: 'stored' as const }
  const output = new Silence(true)
  await withModel(choice, 'onnx', output, async (model, engine) => {
    for (const [id, epochs] of [['overfit', 20], ['contradiction', 12]] as const) {
      const [training, validation] = await curvesOf(id, epochs, { model, engine }, output)
      const best = learntByHeart(training, validation)
      expect(best, id).toBeDefined()
      const until = (curve: typeof training) => curve.filter(([step]) => step <= best![0])
      expect(learntByHeart(until(training), until(validation)), id).toBeUndefined()
      expect(validation.at(-1)![1], id).toBeGreaterThan(1.1 * best![1])
      expect(training.at(-1)![1], id).toBeLessThan(0.1 * training[0]![1])
    }
  })
}, 600_000)
