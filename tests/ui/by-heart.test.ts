/** When the page says that a model learns its rows by heart: judged from the two losses alone. */
import { expect, it } from 'vitest'
import { learntByHeart } from '../../src/ui/train/by-heart.ts'

type Curve = [step: number, loss: number][]
const falling: Curve = Array.from({ length: 100 }, (_, i) => [i + 1, 5 * 0.95 ** i])
const rising: Curve = Array.from({ length: 100 }, (_, i) => [i + 1, 1 + i / 10])
const tests = (...losses: number[]): Curve => losses.map((loss, i) => [i * 20, loss])

it('says since when, where the one loss falls and the other has risen', () => {
  expect(learntByHeart(falling, tests(5, 2, 1.1, 1.3, 1.6))).toEqual([40, 1.1])
  expect(learntByHeart(falling, tests(2, 2.4, 3))).toEqual([0, 2])
})

it.each([
  ['both fall', falling, tests(5, 2, 1)],
  ['the rise is too small to be seen in the figures', falling, tests(5, 0.001, 0.004)],
  ['the rise is no more than chance', falling, tests(5, 2, 2.05)],
  ['it rose once, and fell again', falling, tests(5, 2, 3, 1.9)],
  ['both rise: that is something else', rising, tests(5, 2, 3, 4)],
  ['there were no tests', falling, []],
  ['no step was done since', falling.slice(0, 20), tests(5, 2)],
])('says nothing where %s', (_, training, validation) => {
  expect(learntByHeart(training, validation)).toBeUndefined()
})
