/** Which nodes a plan has to run. */
import type { Graph, Node, Value } from './graph.ts'

/** Those that `outputs` need and those that update something in place, in their order. */
export function liveNodes(graph: Graph, outputs: readonly Value[]): Node<unknown>[] {
  const needed = new Set(outputs.map((value) => value.id))
  const live: Node<unknown>[] = []
  for (const node of graph.nodes.slice().reverse()) {
    const updates = node.op.updates?.(node.attributes).length ?? 0
    if (updates === 0 && !node.outputs.some((output) => needed.has(output.id))) continue
    live.push(node)
    for (const input of node.inputs) if (input) needed.add(input.id)
  }
  return live.reverse()
}
