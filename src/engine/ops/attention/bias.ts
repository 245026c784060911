/** The bias by relative position, in WGSL: read where a score is made, so that no table of queries and keys is ever stored. */
import type { Node, Value } from '../../graph.ts'
import type { AttentionAttributes } from './attributes.ts'

/** The row of keys at which `query` stands; `end` is the one after the last that it sees. */
export function ownRow({ relative }: AttentionAttributes, query: string, end: string): string {
  return relative?.own === 'last seen' ? `i32(${end}) - 1` : `i32(${query})`
}

/** ` + bias[…]` for a key and a head, of a query that stands at `own`; nothing where there is no bias. */
export function plusBias(node: Node<AttentionAttributes>, bias: Value | undefined, { key, own, head }: { key: string; own: string; head: string }): string {
  const { relative, heads } = node.attributes
  if (!bias || !relative) return ''
  const row = `clamp(i32(${key}) - (${own}) + ${relative.origin}, 0, ${bias.shape[0]! - 1})`
  return ` + bias[u32(${row}) * ${heads}u + ${head}]`
}
