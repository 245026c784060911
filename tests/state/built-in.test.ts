/** What the page fetches of its own lies in public/, under a version that is theirs; lessons are what their list says. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDataFile } from '../../src/cli/dataset.ts'
import { BUILT_IN_VERSION, LESSON_LIST, THIMBLE } from '../../src/state/built-in.ts'
import type { Lesson } from '../../src/train/types.ts'

const root = join(import.meta.dirname, '../../public')
const lessons = JSON.parse(readFileSync(join(root, LESSON_LIST), 'utf8')) as Lesson[]
const files = [...THIMBLE.files.map((name) => `thimble/${name}`), LESSON_LIST, ...lessons.map(({ id }) => `lessons/${id}.jsonl`)]

it('is kept under a version that changes with any of the files', () => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(root, file)))
  expect(BUILT_IN_VERSION).toBe(hash.digest('hex').slice(0, 10))
})

it('is as large as the page says, and nothing lies beside it', () => {
  expect(THIMBLE.bytes).toBe(THIMBLE.files.reduce((sum, name) => sum + statSync(join(root, 'thimble', name)).size, 0))
  expect(THIMBLE.bytes).toBeLessThan(10e6)
  const beside = ['thimble', 'lessons'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  expect(beside.filter((name) => !files.includes(name))).toEqual([])
})

it.each(lessons)('$id has the pairs and the part kept aside that its card names, and questions to ask', async ({ id, pairs, heldOut, probes, shows }) => {
  const data = await openDataFile(join(root, `lessons/${id}.jsonl`), { validationFraction: 0.1, seed: 1 })
  const { dataset } = data
  expect(dataset.findings).toEqual([])
  const parts = (['training', 'validation'] as const).map((part) => data.only(part).dataset.examples.length)
  expect(parts).toEqual([pairs, heldOut])
  expect(probes.length).toBeGreaterThan(0)
  expect(shows).toMatch(/\.$/)
})
