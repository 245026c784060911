/** Which runs may be drawn beside the one in sight, and what is read off their curves. */
import { describe, expect, it } from 'vitest'
import type { AdapterRecord, UnfinishedRun } from '../../src/service/types.ts'
import { lossAt, runsBeside } from '../../src/ui/train/runs-beside.ts'

const losses = [[1, 4], [5, 2]] as [number, number][]
const adapter = (id: string, trainingLosses = losses) => ({ id, name: id, steps: 5, trainingLosses, validationLosses: [] }) as unknown as AdapterRecord
const waiting = (run: string) => ({ run, name: run, step: 3, trainingLosses: losses, validationLosses: [] }) as unknown as UnfinishedRun

describe('runs beside each other', () => {
  it('are the other adapters and the runs that wait, where they have a curve', () => {
    const found = runsBeside([adapter('a'), adapter('own'), adapter('imported', [])], [waiting('parent'), waiting('this')], { run: 'this', adapterId: 'own' })
    expect(found.map(({ id, name, steps }) => [id, name, steps])).toEqual([['parent', 'parent (waits)', 3], ['a', 'a', 5]])
  })

  it('are read at a step, or at the last one before it', () => {
    expect([0, 1, 4, 9].map((step) => lossAt(losses, step))).toEqual([undefined, 4, 4, 2])
  })
})
