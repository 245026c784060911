/** Which engine is taken where there is no WebGPU, and what the report says of why. */
import { afterEach, expect, it } from 'vitest'
import { openNodeRuntime } from '../../src/cli/onnx.ts'
import { openNodeTfjs } from '../../src/cli/tfjs.ts'
import { engines } from '../../src/service/engines/choose.ts'
import type { OnnxRuntime } from '../../src/engine/onnx/session.ts'
import type { OpenTfjs, TfjsPort } from '../../src/service/engines/tfjs.ts'
import { shortName } from '../../src/service/engines/webgl-context.ts'
import type { OpenEngine } from '../../src/service/ports.ts'

const NO_GPU = { gpu: undefined, secure: true }
const CARD = { device: 'Acme 9000, through WebGL', software: false }
let opened: OpenEngine | undefined
afterEach(() => opened?.close())

/** TensorFlow.js on Wasm, in the place of a graphics device; tells how often it was let go of. */
function card(): { port: TfjsPort; closed: () => number } {
  let count = 0
  const open = async (): Promise<OpenTfjs> => {
    const wasm = await openNodeTfjs(['wasm'])
    const close = () => {
      count++
      wasm.close()
    }
    return { ...wasm, ...CARD, close }
  }
  return { port: { open, openWebGl: open }, closed: () => count }
}

/** ONNX Runtime that does all its work so many times over. */
async function slowRuntime(times: number) {
  const open = await openNodeRuntime()
  const create: OnnxRuntime['InferenceSession']['create'] = async (model, options) => {
    const session = await open.runtime.InferenceSession.create(model, options)
    return Object.assign(Object.create(session) as typeof session, {
      async run(feeds: Parameters<typeof session.run>[0]) {
        for (let i = 1; i < times; i++) await session.run(feeds)
        return session.run(feeds)
      },
    })
  }
  return { ...open, runtime: { InferenceSession: { create }, Tensor: open.runtime.Tensor } }
}

it('a graphics device that WebGL reaches is taken where a trial step is faster there, and the ratio is told', async () => {
  const { port } = card()
  opened = await engines(() => slowRuntime(30), port).open(NO_GPU, 'auto')
  expect(opened.report).toMatchObject({ kind: 'tfjs', ...CARD })
  expect(opened.report.why).toMatch(
    /WebGPU.* A trial step took \d+ ms on TensorFlow\.js and \d+ ms, \d+\.\d times as long, on the processor\. So TensorFlow\.js does the work\.$/,
  )
}, 60_000)

it('else the processor does the work, and WebGL is let go of', async () => {
  const { port, closed } = card()
  opened = await engines(openNodeRuntime, port).open(NO_GPU, 'auto')
  expect(opened.report.kind).toBe('onnx')
  expect(opened.report.why).toMatch(/A trial step took [\d.]+ ms on the processor and [\d.]+ ms, \d+\.\d times as long, on TensorFlow\.js\. So the processor does the work\.$/)
  expect(closed()).toBe(1)
}, 60_000)

it('without WebGL, or where the trial fails there, the processor does the work', async () => {
  const { port, closed } = card()
  const broken: TfjsPort = { ...port, openWebGl: async () => ({ ...(await port.openWebGl())!, tf: {} as OpenTfjs['tf'] }) }
  for (const tfjs of [{ ...port, openWebGl: async () => undefined }, broken]) {
    opened = await engines(openNodeRuntime, tfjs).open(NO_GPU, 'auto')
    expect(opened.report).toMatchObject({ kind: 'onnx', why: expect.stringMatching(/WebGPU.* So the processor does the work\.$/) as string })
  }
  expect(closed()).toBe(1)
})

it('who chooses TensorFlow.js gets it, also a second time after it was closed', async () => {
  const { port } = card()
  for (let i = 0; i < 2; i++) {
    opened = await engines(openNodeRuntime, port).open(NO_GPU, 'tfjs')
    expect(opened.report).toMatchObject({ kind: 'tfjs', why: 'You chose TensorFlow.js.' })
    opened.close()
  }
})

it.each([
  ['ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)', 'Apple M2'],
  ['ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 (0x00002504) Direct3D11 vs_5_0 ps_5_0, D3D11)', 'NVIDIA GeForce RTX 3060'],
  ['ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)', 'Mesa Intel(R) UHD Graphics 620 (KBL GT2)'],
  ['Apple GPU', 'Apple GPU'],
])('%s is called %s', (renderer, name) => expect(shortName(renderer)).toBe(name))
