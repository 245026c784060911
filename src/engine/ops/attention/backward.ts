/**
 * The backward kernels: one over queries (dq), one over keys (dk, dv). Both recompute the probabilities from the
 * log-sum-exp, and neither needs atomics, so the result is the same every time.
 */
import { inputAt, type Node } from '../../graph.ts'
import { f32Literal, type KernelContext, type Operand } from '../../kernel.ts'
import { ownRow, plusBias } from './bias.ts'
import { HeadVector } from './head-vector.ts'
import type { AttentionAttributes } from './attributes.ts'

export function emitAttentionBackward(node: Node<AttentionAttributes>, context: KernelContext): void {
  const queries = inputAt(node, 1).shape[0]!
  const facts = context.scratch(queries * node.attributes.heads * 4)
  emitFacts(node, context, facts)
  emitQueryGradient(node, context, facts)
  emitKeyValueGradient(node, context, facts)
}

/**
 * What the other kernels need of each query and head, in one buffer since they may bind eight: log-sum-exp, Σ dOut·out, and
 * the row of keys at which the query stands.
 */
function emitFacts(node: Node<AttentionAttributes>, context: KernelContext, facts: Operand): void {
  const { heads, headDim } = node.attributes
  const count = inputAt(node, 1).shape[0]! * heads
  const vector = new HeadVector(headDim)
  const kernel = context.kernel('attention backward, delta').read('d_out', inputAt(node, 0), vector.array).read('out', inputAt(node, 6), vector.array)
  kernel.read('key_range', inputAt(node, 4), 'array<vec2u>').read('log_sum', inputAt(node, 7)).write('facts', facts, 'array<vec4f>')
  kernel.forEach(
    count,
    `  let at = i * ${vector.count}u;
  let query = i / ${heads}u;
  ${vector.load('g', 'd_out', 'at')}
  facts[i] = vec4f(log_sum[i], ${vector.dotRow('g', 'out', 'at')}, f32(${ownRow(node.attributes, 'query', 'key_range[query].y')}), 0.0);`,
  )
}

/** dq: one invocation for each query and head walks its keys. */
function emitQueryGradient(node: Node<AttentionAttributes>, context: KernelContext, facts: Operand): void {
  const { heads, kvHeads, headDim, scale } = node.attributes
  const [queries, keys] = [inputAt(node, 1).shape[0]!, inputAt(node, 2).shape[0]!]
  const vector = new HeadVector(headDim)
  const kernel = context.kernel('attention backward, queries')
  kernel.read('d_out', inputAt(node, 0), vector.array).read('q', inputAt(node, 1), vector.array)
  kernel.read('k', inputAt(node, 2), vector.array).read('v', inputAt(node, 3), vector.array)
  kernel.read('key_range', inputAt(node, 4), 'array<vec2u>').read('facts', facts, 'array<vec4f>')
  if (node.inputs[8]) kernel.read('bias', node.inputs[8])
  kernel.write('dq', node.outputs[0]!, vector.array)
  kernel.forEach(
    queries * heads,
    `  let query = i % ${queries}u;
  let head = i / ${queries}u;
  let kv_head = (head / ${heads / kvHeads}u) * ${vector.count}u;
  let at = query * ${vector.stride(heads)}u + head * ${vector.count}u;
  ${vector.load('q', 'q', 'at')}
  ${vector.load('g', 'd_out', 'at')}
  ${vector.zero('dq')}
  let fact = facts[query * ${heads}u + head];
  let end = min(key_range[query].y, ${keys}u);
  for (var j = key_range[query].x; j < end; j++) {
    let row = j * ${vector.stride(kvHeads)}u + kv_head;
    ${vector.load('k', 'k', 'row')}
    let p = exp(${f32Literal(scale)} * (${vector.dot('q', 'k')})${plusBias(node, node.inputs[8], { key: 'j', own: 'i32(fact.z)', head: 'head' })} - fact.x);
    let ds = p * (${vector.dotRow('g', 'v', 'row')} - fact.y) * ${f32Literal(scale)};
    ${vector.each((n) => `dq_${n} += ds * k_${n};`)}
  }
  ${vector.each((n) => `dq[at + ${n}u] = dq_${n};`)}`,
    { flops: queries * keys * heads * headDim * 3 },
  )
}

/** dk and dv: one invocation for each key and key head walks the queries (of every head in its group) that see it. */
function emitKeyValueGradient(node: Node<AttentionAttributes>, context: KernelContext, facts: Operand): void {
  const { heads, kvHeads, headDim, scale } = node.attributes
  const [queries, keys] = [inputAt(node, 1).shape[0]!, inputAt(node, 2).shape[0]!]
  const vector = new HeadVector(headDim)
  const group = heads / kvHeads
  for (const part of ['dk', 'dv'] as const) {
    const kernel = context.kernel(`attention backward, ${part === 'dk' ? 'keys' : 'values'}`)
    kernel.read('d_out', inputAt(node, 0), vector.array).read('q', inputAt(node, 1), vector.array).read('k', inputAt(node, 2), vector.array)
    if (part === 'dk') kernel.read('v', inputAt(node, 3), vector.array)
    kernel.read('ranges', inputAt(node, 5), 'array<vec2u>').read('facts', facts, 'array<vec4f>')
    if (node.inputs[8]) kernel.read('bias', node.inputs[8])
    kernel.write('d', node.outputs[part === 'dk' ? 1 : 2]!, vector.array)
    const own = part === 'dk' ? vector.load('v', 'v', 'at') : ''
    const bias = plusBias(node, node.inputs[8], { key: 'key', own: 'i32(fact.z)', head: 'head' })
    const weight =
      part === 'dk'
        ? `${vector.load('q', 'q', 'row')}
      let w = exp(${f32Literal(scale)} * (${vector.dot('k', 'q')})${bias} - fact.x) * (${vector.dotRow('v', 'd_out', 'row')} - fact.y) * ${f32Literal(scale)};`
        : `let w = exp(${f32Literal(scale)} * (${vector.dotRow('k', 'q', 'row')})${bias} - fact.x);`
    const add = vector.each((n) => `d_${n} += w * ${part === 'dk' ? `q_${n}` : `d_out[row + ${n}u]`};`)
    kernel.forEach(
      keys * kvHeads,
      `  let key = i % ${keys}u;
  let kv_head = i / ${keys}u;
  let at = key * ${vector.stride(kvHeads)}u + kv_head * ${vector.count}u;
  ${vector.load('k', 'k', 'at')}
  ${own}
  ${vector.zero('d')}
  let end = min(ranges[key].y, ${queries}u);
  for (var query = ranges[key].x; query < end; query++) {
    for (var head = kv_head * ${group}u; head < (kv_head + 1u) * ${group}u; head++) {
      let row = query * ${vector.stride(heads)}u + head * ${vector.count}u;
      let fact = facts[query * ${heads}u + head];
      ${weight}
      ${add}
    }
  }
  ${vector.each((n) => `d[at + ${n}u] = d_${n};`)}`,
      { flops: queries * keys * heads * headDim * (part === 'dk' ? 3 : 2) },
    )
  }
}
