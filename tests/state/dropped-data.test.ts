/** Files that were dropped beside what is open: added one after another, or opened in its place. */
import { expect, it } from 'vitest'
import { DroppedData } from '../../src/state/dropped-data.svelte.ts'

const file = (name: string) => new File(['{}'], name)

function received(refused?: string) {
  const done: string[] = []
  const receiver = {
    failure: undefined as unknown,
    open: async ({ name }: File) => void done.push(`open ${name}`),
    append: async ({ name }: File) => {
      done.push(`add ${name}`)
      receiver.failure = name === refused ? new Error(name) : undefined
    },
  }
  return { done, dropped: new DroppedData(receiver) }
}

it('adds the rows of each, in their order, and asks nothing about files that are no data', async () => {
  const { done, dropped } = received()
  dropped.offer([file('a.csv'), file('cat.png'), file('b.JSONL')])
  await dropped.add()
  expect(done).toEqual(['add a.csv', 'add b.JSONL'])
  expect(dropped.files).toEqual([])
})

it('keeps the others waiting where one is refused, and opens one in place of what is open', async () => {
  const { done, dropped } = received('a.csv')
  dropped.offer([file('a.csv'), file('b.csv')])
  await dropped.add()
  expect(dropped.files.map(({ name }) => name)).toEqual(['b.csv'])
  await dropped.open()
  expect(done).toEqual(['add a.csv', 'open b.csv'])
})
