/** Whether a run fits, from its plan and what the browser says of the machine; and how a length that was judged is written. */
import { expect, it } from 'vitest'
import { tightness, type Machine } from '../../src/state/fits.ts'
import { formatAbout } from '../../src/state/format.ts'

const plan = (totalBytes: number, largestBytes = 0) => ({
  totalBytes, largestBytes, weightBytes: 0, adapterBytes: 0, optimizerBytes: 0, activationBytes: totalBytes, buffers: 0, dispatches: 0,
})
const none = { pieceBytes: undefined, refusedBytes: undefined }
const gpu: Machine = { engine: 'webgpu', memoryBytes: 8e9, freeBytes: undefined }

it('what there is: the machine’s memory, 4 GB in WebAssembly, a GPU’s largest piece; what fits is not told of', () => {
  expect(tightness(plan(7e9), gpu, none)).toBeUndefined()
  expect(tightness(plan(9e9), gpu, none)).toEqual({
    why: 'It takes 9 GB, and the browser says this machine has about 8 GB.', allowance: { totalBytes: 8e9, pieceBytes: undefined },
  })
  expect(tightness(plan(9e9), { ...gpu, memoryBytes: undefined }, none)).toBeUndefined()
  const onnx: Machine = { ...gpu, engine: 'onnx' }
  expect(tightness(plan(4.2e9), onnx, none)).toBeUndefined()
  expect(tightness(plan(4.4e9), onnx, none)?.why).toContain('WebAssembly')
  expect(tightness(plan(4.4e9), gpu, none)).toBeUndefined()
  const pieces = { ...none, pieceBytes: 256e6 }
  expect(tightness(plan(1e9, 255e6), gpu, pieces)).toBeUndefined()
  expect(tightness(plan(1e9, 300e6), gpu, pieces)?.why).toBe('One piece of it takes 300 MB, and this GPU gives a page 256 MB in one piece.')
})

it('a run for which there was no room is not proposed again; a smaller one is', () => {
  const refused = { ...none, refusedBytes: 2e9 }
  expect(tightness(plan(2e9), gpu, refused)).toMatchObject({ why: 'There was no room for 2 GB here.', allowance: { totalBytes: 1.5e9 } })
  expect(tightness(plan(1.9e9), gpu, refused)).toBeUndefined()
})

it('a length that was judged is told no finer than it was judged', () => {
  expect([0.2, 8.3, 43, 131, 1234, 4000].map(formatAbout)).toEqual(['1 s', '8 s', '45 s', '2 min 10 s', '21 min', '1 h 5 min'])
})
