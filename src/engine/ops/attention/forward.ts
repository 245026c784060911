/** The forward kernel: one invocation for each query and head walks its keys four at a time. */
import { inputAt, type Node } from '../../graph.ts'
import { f32Literal, type KernelContext } from '../../kernel.ts'
import { EMPTY_LOG_SUM, type AttentionAttributes } from './attributes.ts'
import { ownRow, plusBias } from './bias.ts'
import { HeadVector } from './head-vector.ts'

const BLOCK = [0, 1, 2, 3]

/** Scores of four keys; beyond the range they weigh nothing. */
function scores(node: Node<AttentionAttributes>, vector: HeadVector, kvStride: number): string {
  const scale = f32Literal(node.attributes.scale)
  const bias = (b: number) => plusBias(node, node.inputs[5], { key: `j + ${b}u`, own: 'own', head: 'head' })
  return BLOCK.map(
    (b) => `    let j_${b} = min(j + ${b}u, end - 1u) * ${kvStride}u + kv_head;
    let s_${b} = select(${f32Literal(EMPTY_LOG_SUM)}, ${scale} * (${vector.dotRow('q', 'k', `j_${b}`)})${bias(b)}, j + ${b}u < end);`,
  ).join('\n')
}

export function emitAttentionForward(node: Node<AttentionAttributes>, context: KernelContext): void {
  const { heads, kvHeads, headDim } = node.attributes
  const [queries, keys] = [inputAt(node, 0).shape[0]!, inputAt(node, 1).shape[0]!]
  const vector = new HeadVector(headDim)
  const kvStride = vector.stride(kvHeads)
  const kernel = context.kernel('attention')
  kernel.read('q', inputAt(node, 0), vector.array).read('k', inputAt(node, 1), vector.array).read('v', inputAt(node, 2), vector.array)
  kernel.read('key_range', inputAt(node, 3), 'array<vec2u>').write('out', node.outputs[0]!, vector.array).write('log_sum', node.outputs[1]!)
  if (node.inputs[5]) kernel.read('bias', node.inputs[5])
  kernel.forEach(
    queries * heads,
    `  let query = i % ${queries}u;
  let head = i / ${queries}u;
  let kv_head = (head / ${heads / kvHeads}u) * ${vector.count}u;
  let at = query * ${vector.stride(heads)}u + head * ${vector.count}u;
  ${vector.load('q', 'q', 'at')}
  ${vector.zero('o')}
  var top = ${f32Literal(EMPTY_LOG_SUM)};
  var total = 0.0;
  let end = min(key_range[query].y, ${keys}u);
  let own = ${ownRow(node.attributes, 'query', 'end')};
  for (var j = key_range[query].x; j < end; j += 4u) {
${scores(node, vector, kvStride)}
    let next = max(max(max(s_0, s_1), max(s_2, s_3)), top);
    let keep = exp(top - next);
    ${BLOCK.map((b) => `let p_${b} = exp(s_${b} - next);`).join(' ')}
    total = total * keep + (p_0 + p_1 + p_2 + p_3);
    ${vector.each((n) => `o_${n} = o_${n} * keep + ${BLOCK.map((b) => `p_${b} * v[j_${b} + ${n}u]`).join(' + ')};`)}
    top = next;
  }
  let inverse = select(0.0, 1.0 / total, total > 0.0);
  ${vector.each((n) => `out[at + ${n}u] = o_${n} * inverse;`)}
  log_sum[query * ${heads}u + head] = select(${f32Literal(EMPTY_LOG_SUM)}, top + log(total), total > 0.0);`,
    { flops: queries * keys * heads * headDim * 2 },
  )
}
