/** Which of two engines is faster here: both take the same small LoRA step a few times. */
import { differentiate } from '../../engine/differentiate.ts'
import { elementCount, Graph, type Value } from '../../engine/graph.ts'
import { lowerToOnnx } from '../../engine/onnx/lower.ts'
import { OnnxSession, type OnnxRuntime } from '../../engine/onnx/session.ts'
import { crossEntropy } from '../../engine/ops/cross-entropy/index.ts'
import { matmul } from '../../engine/ops/matmul/index.ts'
import type { Tensor, Tf } from '../../engine/tfjs/context.ts'
import { interpret } from '../../engine/tfjs/interpret.ts'
import { readTensors, tensorOf } from '../../engine/tfjs/run.ts'

const [ROWS, WIDTH, RANK, LAYERS] = [256, 512, 16, 2]

/** Each engine is timed until so much has passed, at least once; what it prepares before is not counted. */
const SECONDS = 0.3
const MOST_STEPS = 15

/** Linear layers with LoRA one after another, and a loss. */
function trialStep() {
  const graph = new Graph()
  const variables: Value[] = []
  const variable = (name: string, shape: number[]) => {
    variables.push(graph.variable(name, shape, name))
    return variables.at(-1)!
  }
  let x = graph.input('x', [ROWS, WIDTH], 'f32')
  for (let i = 0; i < LAYERS; i++) {
    const narrow = matmul(graph, [{ a: x, b: variable(`a${i}`, [RANK, WIDTH]), transposeB: true }])
    const weight = graph.weight(`w${i}`, [WIDTH, WIDTH], 'f32')
    x = matmul(graph, [{ a: x, b: weight, transposeB: true }, { a: narrow, b: variable(`b${i}`, [WIDTH, RANK]), transposeB: true }])
  }
  const targets = [graph.input('targets', [ROWS], 'u32'), graph.input('weights', [ROWS], 'f32')]
  const losses = graph.apply(crossEntropy, [x, graph.weight('vocabulary', [WIDTH, WIDTH], 'f32'), ...targets], {})[0]!
  return { graph, losses, variables }
}

/** Small numbers, so that nothing overflows; which ones does not matter to the time. */
const numbersOf = ({ shape, dtype }: Value) =>
  dtype === 'u32' ? new Uint32Array(elementCount(shape)) : Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i) / 16)

async function secondsOf(step: () => Promise<unknown>): Promise<number> {
  await step()
  const times: number[] = []
  for (let spent = 0; spent < SECONDS && times.length < MOST_STEPS; spent += times.at(-1)!) {
    const begin = performance.now()
    await step()
    times.push((performance.now() - begin) / 1000)
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!
}

async function onnxSeconds(runtime: OnnxRuntime): Promise<number> {
  const { graph, losses, variables } = trialStep()
  const outputs = new Map([losses, ...differentiate(graph, losses, variables)].map((value, i) => [`output ${i}`, value]))
  const session = await OnnxSession.create(runtime, lowerToOnnx(graph, outputs, { inBlocks: false }), ({ weight }) => numbersOf(weight))
  try {
    const feeds = Object.fromEntries(graph.values.flatMap((value) => (value.source ? [[value.name, numbersOf(value)]] : [])))
    return await secondsOf(() => session.run(feeds))
  } finally {
    session.destroy()
  }
}

async function tfjsSeconds(tf: Tf): Promise<number> {
  const { graph, losses, variables } = trialStep()
  const known = new Map(graph.values.flatMap((value) => (value.source ? [[value.id, tensorOf(tf, value, numbersOf(value))] as const] : [])))
  const lossOf = (...tensors: Tensor[]) => {
    const learnt = new Map(variables.map(({ id }, i) => [id, tensors[i]!]))
    return tf.sum(interpret(tf, graph, [losses], { source: ({ id }) => learnt.get(id) ?? known.get(id)! })[0]!)
  }
  try {
    return await secondsOf(() => readTensors(tf, () => {
      const { value, grads } = tf.valueAndGrads(lossOf)(variables.map(({ id }) => known.get(id)!))
      return [value, ...grads]
    }))
  } finally {
    tf.dispose([...known.values()])
  }
}

/** Seconds of the same step on each. Throws what the engines throw. */
export async function timeTrial(runtime: OnnxRuntime, tf: Tf): Promise<{ onnx: number; tfjs: number }> {
  return { onnx: await onnxSeconds(runtime), tfjs: await tfjsSeconds(tf) }
}
