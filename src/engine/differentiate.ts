/** Reverse-mode differentiation: the gradient of a loss as further nodes of the same graph. */
import { ones } from './ops/constant.ts'
import { addContributions, type Contribution } from './ops/add-contributions.ts'
import { requireShape, type Graph, type Node, type Value } from './graph.ts'

export interface DifferentiateOptions {
  /**
   * Recompute: nodes whose scope satisfies this are evaluated anew in the backward pass, so that only the values that
   * cross the scope's border are kept (Chen et al., "Training deep nets with sublinear memory cost", 2016).
   */
  recompute?: (scope: string) => boolean
}

/**
 * Gradients of the sum of all elements of `loss` with respect to `targets`, in their order.
 * Only values on a path from a target to the loss get a gradient, so a frozen weight never does.
 */
export function differentiate(graph: Graph, loss: Value, targets: readonly Value[], options: DifferentiateOptions = {}): Value[] {
  const forward = graph.nodes.slice()
  const needed = dependents(forward, targets)
  const seed = { value: graph.applyOne(ones, [], { shape: loss.shape }), fresh: false }
  const gradients = new Map<number, Contribution[]>([[loss.id, [seed]]])
  const recomputed = new Recomputation(graph, forward, options.recompute ?? (() => false))

  for (const node of forward.reverse()) {
    const upstream = node.outputs.map((output) => total(graph, gradients, output))
    if (upstream.every((gradient) => gradient === undefined)) continue
    const wanted = node.inputs.map((input) => input !== undefined && needed.has(input.id))
    if (!wanted.includes(true)) continue
    requireShape(node.op.gradient !== undefined, node.op.name, 'has no gradient rule')
    const before = graph.nodes.length
    const local = graph.inScope(`${node.scope} backward`, () => node.op.gradient!(graph, recomputed.of(node), upstream, wanted))
    node.inputs.forEach((input, i) => {
      const gradient = local[i]
      if (!input || !wanted[i] || !gradient) return
      const fresh = (gradient.node?.id ?? -1) >= before
      gradients.set(input.id, [...(gradients.get(input.id) ?? []), { value: gradient, fresh }])
    })
  }
  return targets.map((target) => {
    const gradient = total(graph, gradients, target)
    requireShape(gradient !== undefined, target.name, 'the loss does not depend on it')
    return gradient
  })
}

/** Ids of all values that depend on a target, the targets included. */
function dependents(nodes: readonly Node<unknown>[], targets: readonly Value[]): Set<number> {
  const found = new Set(targets.map((target) => target.id))
  for (const node of nodes) {
    if (node.inputs.some((input) => input && found.has(input.id))) for (const output of node.outputs) found.add(output.id)
  }
  return found
}

/** The sum of the contributions to a value's gradient; replaces them by it. */
function total(graph: Graph, gradients: Map<number, Contribution[]>, value: Value): Value | undefined {
  const parts = gradients.get(value.id)
  if (!parts || parts.length < 2) return parts?.[0]?.value
  const whole = addContributions(graph, parts)
  gradients.set(value.id, [{ value: whole, fresh: false }])
  return whole
}

/** Evaluates the nodes of a scope a second time, when the backward pass first asks for one of them. */
class Recomputation {
  readonly #clones = new Map<number, Value>()
  readonly #cloned = new Set<string>()
  readonly #graph: Graph
  readonly #forward: readonly Node<unknown>[]
  readonly #isRecomputed: (scope: string) => boolean

  constructor(graph: Graph, forward: readonly Node<unknown>[], isRecomputed: (scope: string) => boolean) {
    this.#graph = graph
    this.#forward = forward.slice()
    this.#isRecomputed = isRecomputed
  }

  /** The node to differentiate in place of `node`: itself, or its clone that reads recomputed values. */
  of(node: Node<unknown>): Node<unknown> {
    if (!this.#isRecomputed(node.scope)) return node
    if (!this.#cloned.has(node.scope)) this.#clone(node.scope)
    return this.#clones.get(node.outputs[0]!.id)?.node ?? node
  }

  #clone(scope: string): void {
    this.#cloned.add(scope)
    this.#graph.inScope(`${scope} again`, () => {
      for (const node of this.#forward) {
        if (node.scope !== scope || node.op.updates?.(node.attributes).length) continue
        const inputs = node.inputs.map((input) => (input ? (this.#clones.get(input.id) ?? input) : undefined))
        const outputs = this.#graph.apply(node.op, inputs, node.attributes)
        node.outputs.forEach((output, i) => this.#clones.set(output.id, outputs[i]!))
      }
    })
  }
}
