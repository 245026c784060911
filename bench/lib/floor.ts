/** The base model's own matrix products of a step and nothing else: what no lowering can be faster than. */
import { Graph, type Value } from '../../src/engine/graph.ts'
import { lowerToOnnx } from '../../src/engine/onnx/lower.ts'
import { OnnxSession, type OnnxRuntime } from '../../src/engine/onnx/session.ts'
import { gatherRows } from '../../src/engine/ops/gather-rows.ts'
import { matmul } from '../../src/engine/ops/matmul/index.ts'
import { tensorData, type LlamaSizes } from './random-model.ts'
import { timed, type Contestant } from './rounds.ts'

/** Forward and backward products of every linear layer over `rows` tokens, and those of the vocabulary over `targets`. */
export async function matmulFloor(runtime: OnnxRuntime, sizes: LlamaSizes, rows: number, targets: number): Promise<Contestant> {
  const graph = new Graph()
  const outputs = new Map<string, Value>()
  const first = graph.input('first row', [1], 'u32')
  /** One row leaves the session: its outputs are copied. */
  const keep = (value: Value) => outputs.set(`y${outputs.size}`, graph.applyOne(gatherRows, [value, first, first], {}))
  const { hidden, intermediate, layers, heads, kvHeads, vocabulary } = sizes
  const kv = (hidden / heads) * kvHeads
  const inputs = new Map<string, number>()
  const wide = (count: number, width: number) => {
    inputs.set(`x ${count} ${width}`, count * width)
    return graph.input(`x ${count} ${width}`, [count, width], 'f32')
  }
  const layer = (name: string, count: number, inFeatures: number, outFeatures: number, backward: boolean) => {
    const weight = graph.weight(name, [outFeatures, inFeatures], 'f32')
    keep(matmul(graph, [{ a: wide(count, inFeatures), b: weight, transposeB: true }]))
    if (backward) keep(matmul(graph, [{ a: wide(count, outFeatures), b: weight }]))
  }
  for (let i = 0; i < layers; i++) {
    const count = i === layers - 1 ? targets : rows
    for (const [name, width, of] of [['q', hidden, count], ['k', kv, rows], ['v', kv, rows]] as const) layer(`${i} ${name}`, of, hidden, width, i > 0)
    layer(`${i} o`, count, hidden, hidden, true)
    for (const name of ['gate', 'up']) layer(`${i} ${name}`, count, hidden, intermediate, true)
    layer(`${i} down`, count, intermediate, hidden, true)
  }
  layer('vocabulary', targets, hidden, vocabulary, true)
  const program = lowerToOnnx(graph, outputs, { inBlocks: false })
  const session = await OnnxSession.create(runtime, program, ({ name, dims }) => tensorData(name, [...dims]))
  const feeds = Object.fromEntries([...inputs].map(([name, count]) => [name, new Float32Array(count).fill(0.01)]))
  return {
    name: 'base matmuls alone (onnx)',
    run: () => timed(() => session.run({ ...feeds, 'first row': Uint32Array.of(0) })),
    close: () => session.destroy(),
  }
}
