/** What the page says when a run has ended, from the losses alone. */
import { describe, expect, it } from 'vitest'
import type { TrainingOutcome } from '../../src/service/types.ts'
import { describeOutcome, outcomeFigures } from '../../src/ui/train/describe-outcome.ts'

const outcome: TrainingOutcome = { adapterId: 'a', steps: 90, adapterStep: 90, reason: 'finished', loss: 0.42, validationLoss: 0.43 }
const curve = (...losses: number[]) => losses.map((loss, index): [number, number] => [index * 10, loss])
const training = curve(6.5, 3, 1, 0.42)
const say = (tests: number[], change: Partial<TrainingOutcome> = {}) =>
  describeOutcome({ ...outcome, ...change }, { training, validation: curve(...tests) }, 24)

describe('the end of a run', () => {
  it('is told in a sentence', () => {
    expect(say([6.9, 0.43]).happened).toBe('It went through to the end: 90 steps in 24 s.')
    expect(say([], { reason: 'stopped', steps: 1, adapterStep: 1 }).happened).toBe('You stopped it: 1 step in 24 s.')
  })

  it('names the step of the adapter that is kept, where that is not the last', () => {
    expect(say([6.9, 1, 2], { validationLoss: 1, reason: 'stopped', adapterStep: 40 }).happened).toMatch(/: 90 steps in 24 s\. What is kept is the adapter of step 40\.$/)
  })

  it('says what the steps said last, unless unseen pairs have got better', () => {
    const rough = { kind: 'too-fast' as const, verdict: 'The learning rate is too high.', reason: 'It was 1.00 and is 9.00 now.' }
    const end = (tests: number[], validationLoss?: number) => describeOutcome({ ...outcome, validationLoss }, { training: curve(2, 1, 9), validation: curve(...tests) }, 24, rough)
    expect(end([])).toMatchObject({ verdict: 'The learning rate was too high.', next: [expect.stringContaining('a third') as string, expect.anything()] })
    expect(end([2, 5], 5).verdict).toBe('The learning rate was too high.')
    expect(end([2, 1], 1).verdict).toBe('It holds beyond the pairs it was shown.')
  })

  it('says that it holds beyond the pairs, with the losses', () => {
    const words = say([6.9, 1, 0.44, 0.43])
    expect(words.verdict).toBe('It holds beyond the pairs it was shown.')
    expect(words.reason).toBe('On pairs it never saw, the loss went from 6.90 to 0.43.')
  })

  it('says that it was still getting better', () => {
    const words = say([6.9, 4, 2], { validationLoss: 2 })
    expect(words.reason).toMatch(/to 2\.00, and was still falling\.$/)
    expect(words.next.join(' ')).toMatch(/Train again for longer/)
  })

  it('says that it began to remember, and which adapter is kept', () => {
    expect(say([6.9, 1, 2], { validationLoss: 1 }).reason).toMatch(/lowest at 1\.00 and 2\.00 at the end\. .* at its best\.$/)
    expect(say([6.9, 1, 2], { validationLoss: 2, reason: 'stopped' }).reason).toMatch(/as it was at the end\.$/)
  })

  it('says that it did not get better, where the best was the base', () => {
    expect(say([2, 2.4, 3], { validationLoss: 2 }).verdict).toBe('It did not get better at what it had not seen.')
  })

  it('claims nothing about unseen pairs where there were none', () => {
    const words = say([], { validationLoss: undefined })
    expect(words.verdict).toBe('It learnt from the pairs it was shown.')
    expect(words.reason).toMatch(/no one can tell yet/)
  })

  it('says that it fell apart', () => {
    expect(say([6.9, 1], { reason: 'not-finite' }).next[0]).toMatch(/smaller learning rate/)
  })

  it('shows each loss with the one it came from', () => {
    expect(outcomeFigures(outcome, { training, validation: curve(6.9, 0.43) }, 24)).toEqual([
      { name: 'steps', value: '90' },
      { name: 'loss', value: '0.42', of: 'from 6.50' },
      { name: 'on unseen pairs', value: '0.43', of: 'from 6.90' },
      { name: 'time', value: '24 s' },
    ])
    expect(outcomeFigures({ ...outcome, validationLoss: undefined }, { training, validation: [] }, 24)).toHaveLength(3)
  })
})
