/** A computation as data: values with static shapes, made by nodes that apply ops. Building a graph allocates nothing. */
import { HomespunError } from '../errors.ts'
import type { KernelContext } from './kernel.ts'
import type { OnnxWriter } from './onnx/writer.ts'
import type { QuantisedStorage } from './quantised/rows.ts'
import type { Tensor, TfjsContext } from './tfjs/context.ts'

/** Type of a value in computation. Weights may be stored narrower; see `WeightStorage`. */
export type Dtype = 'f32' | 'u32'
export type WeightStorage = 'f32' | 'bf16' | 'f16' | QuantisedStorage

export interface TensorType {
  readonly shape: readonly number[]
  readonly dtype: Dtype
}

/**
 * Where a value without a producer comes from: written before each run (input), a frozen weight, or a variable: a named
 * region of a store that lives as long as the device and may be updated in place (adapter, optimizer state, KV cache).
 */
export type Source =
  | { readonly kind: 'input' }
  | { readonly kind: 'weight'; readonly storage: WeightStorage }
  | { readonly kind: 'variable'; readonly store: string; readonly offset: number }

export interface Value extends TensorType {
  readonly id: number
  readonly name: string
  readonly source?: Source
  readonly node?: Node<unknown>
  /** Which of its node's outputs this is. */
  readonly outputIndex: number
}

export interface Node<Attributes> {
  readonly id: number
  readonly op: Op<Attributes>
  readonly inputs: readonly (Value | undefined)[]
  readonly attributes: Attributes
  readonly outputs: readonly Value[]
  /** The part of the model it belongs to ("layer 3"): names dispatches and bounds recomputation. */
  readonly scope: string
}

/**
 * One operation: its shape rule, its gradient rule and its kernels. Executors find all they need here; an op that only
 * appears in gradients or updates has no gradient rule of its own.
 */
export interface Op<Attributes> {
  readonly name: string
  /** Types of the outputs. Throws HomespunError 'shape-mismatch'. */
  outputs(inputs: readonly (TensorType | undefined)[], attributes: Attributes): TensorType[]
  /**
   * Gradient values for the inputs, emitted as graph nodes, given the gradient of each output (undefined: it has none).
   * `wanted[i]` tells whether input i needs one.
   */
  gradient?(
    graph: Graph,
    node: Node<Attributes>,
    upstream: readonly (Value | undefined)[],
    wanted: readonly boolean[],
  ): (Value | undefined)[]
  /** The kernels that compute the outputs, for the WebGPU executor. None: the op only stands in for another (see rewrites). */
  kernels(node: Node<Attributes>, context: KernelContext): void
  /** The outputs, and updated variables, as ONNX operators. Absent: that executor does it beside the graph. */
  onnx?(node: Node<Attributes>, writer: OnnxWriter): void
  /** The outputs (those that are used) of TensorFlow.js operations, which it can differentiate. Absent: no part of a forward graph. */
  tfjs?(node: Node<Attributes>, context: TfjsContext): readonly (Tensor | undefined)[]
  /** Inputs (by index) that are updated in place. A node with any is kept although nothing reads it. */
  updates?(attributes: Attributes): readonly number[]
}

export const elementCount = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1)
export const sameShape = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((size, i) => size === b[i])

/** Throws 'shape-mismatch' unless `condition` holds. */
export function requireShape(condition: boolean, op: string, message: string): asserts condition {
  if (!condition) throw new HomespunError('shape-mismatch', `The model's graph is inconsistent: ${op}: ${message}.`)
}

/** The input at `index`, which the op's shape rule has checked to be there. */
export function inputAt(node: Node<unknown>, index: number): Value {
  const value = node.inputs[index]
  requireShape(value !== undefined, node.op.name, `input ${index} is missing`)
  return value
}

export class Graph {
  readonly nodes: Node<unknown>[] = []
  readonly values: Value[] = []
  readonly #named = new Map<string, Value>()
  #scope = ''

  /** Nodes added inside `build` belong to `scope`. */
  inScope<T>(scope: string, build: () => T): T {
    const outer = this.#scope
    this.#scope = scope
    try {
      return build()
    } finally {
      this.#scope = outer
    }
  }

  input(name: string, shape: readonly number[], dtype: Dtype): Value {
    return this.#source(name, { shape, dtype }, { kind: 'input' })
  }

  /** Quantised weights are matrices. */
  weight(name: string, shape: readonly number[], storage: WeightStorage): Value {
    return this.#source(name, { shape, dtype: 'f32' }, { kind: 'weight', storage })
  }

  /** A region of `store` at `offset` elements; several variables may overlap (a flat view over many tensors). */
  variable(name: string, shape: readonly number[], store: string, offset = 0, dtype: Dtype = 'f32'): Value {
    return this.#source(name, { shape, dtype }, { kind: 'variable', store, offset })
  }

  /** The source of that name, if the graph has one. */
  source(name: string): Value | undefined {
    return this.#named.get(name)
  }

  /** Adds a node; its outputs' types come from the op's shape rule. */
  apply<Attributes>(op: Op<Attributes>, inputs: readonly (Value | undefined)[], attributes: Attributes, name = ''): Value[] {
    const types = op.outputs(inputs, attributes)
    const outputs: Value[] = []
    const node: Node<Attributes> = { id: this.nodes.length, op, inputs, attributes, outputs, scope: this.#scope }
    const label = name || `${op.name}.${node.id}`
    types.forEach((type, outputIndex) => {
      const value = { ...type, id: this.values.length, name: outputIndex ? `${label}:${outputIndex}` : label, node: node as Node<unknown>, outputIndex }
      this.values.push(value)
      outputs.push(value)
    })
    this.nodes.push(node)
    return outputs
  }

  /** Like `apply`, for ops with one output. */
  applyOne<Attributes>(op: Op<Attributes>, inputs: readonly (Value | undefined)[], attributes: Attributes, name = ''): Value {
    return this.apply(op, inputs, attributes, name)[0]!
  }

  #source(name: string, type: TensorType, source: Source): Value {
    const known = this.#named.get(name)
    if (known) {
      requireShape(sameShape(known.shape, type.shape) && known.dtype === type.dtype, name, 'declared twice with different shapes')
      return known
    }
    const value: Value = { ...type, id: this.values.length, name, source, outputIndex: 0 }
    this.values.push(value)
    this.#named.set(name, value)
    return value
  }
}
