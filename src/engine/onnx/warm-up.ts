/** Makes ONNX Runtime fetch its Wasm and start its threads now, rather than at the first session that is wanted. */
import { Graph } from '../graph.ts'
import { sum } from '../ops/sum.ts'
import { lowerToOnnx } from './lower.ts'
import { OnnxSession, type OnnxRuntime } from './session.ts'

/** Runs 1 + 1. Throws HomespunError 'onnx-session', 'onnx-run' where ONNX Runtime does not work here. */
export async function warmUp(runtime: OnnxRuntime): Promise<void> {
  const graph = new Graph()
  const one = graph.input('one', [1], 'f32')
  const two = graph.applyOne(sum, [one, one], {})
  const session = await OnnxSession.create(runtime, lowerToOnnx(graph, new Map([['two', two]]), { inBlocks: false }), () => new Float32Array())
  await session.run({ one: Float32Array.of(1) })
  session.destroy()
}
