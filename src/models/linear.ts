/** A linear layer with LoRA where it is placed (Hu et al., "LoRA", 2021): one product of two terms. */
import type { Graph, Value } from '../engine/graph.ts'
import { dropout } from '../engine/ops/dropout.ts'
import { matmul } from '../engine/ops/matmul/index.ts'
import { weightShape, type LinearModule, type ParameterSource } from './types.ts'

export interface LinearOptions {
  bias?: boolean
  /** Added to the result: the residual. */
  addend?: Value | undefined
  /** Of the result; the module's where absent. */
  name?: string | undefined
}

/** y = x·Wᵀ (+ b)(+ LoRA)(+ addend). x [N, in] → [N, out]; the weight is `<module>.weight`, W as `weightShape` has it. */
export function linear(graph: Graph, parameters: ParameterSource, layer: LinearModule, x: Value, options: LinearOptions = {}): Value {
  const { module, outFeatures, fanInFanOut = false } = layer
  const weight = parameters.weight(`${module}.weight`, weightShape(layer))
  const bias = options.bias ? parameters.weight(`${module}.bias`, [outFeatures]) : undefined
  const terms = [{ a: x, b: weight, transposeB: !fanInFanOut }]
  const extra = { bias, addend: options.addend, name: options.name ?? module }
  const lora = parameters.lora(module)
  if (!lora) return matmul(graph, terms, extra)
  const kept = lora.dropout ? graph.applyOne(dropout, [x, lora.dropout.key], lora.dropout) : x
  const narrow = matmul(graph, [{ a: kept, b: lora.a, transposeB: true }])
  const wide = { a: narrow, b: lora.b, transposeB: true, alpha: lora.alpha, scale: lora.strength }
  return matmul(graph, [...terms, wide], extra)
}
