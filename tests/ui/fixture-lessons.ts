/** The page's own lessons, as files. */
import list from '../../public/lessons/lessons.json' with { type: 'json' }
import type { BuiltIn } from '../../src/state/built-in.ts'

const file = (name: string) => new File(['{"input": "a", "output": "b"}'], name)

export const fixtureBuiltIn: BuiltIn = {
  fetchLessons: async () => list.map((lesson) => ({ lesson, file: file(`${lesson.id}.jsonl`) })),
  fetchThimble: async () => [{ path: 'Thimble/config.json', file: file('config.json') }],
}
