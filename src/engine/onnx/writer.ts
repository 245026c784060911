/**
 * What an op's ONNX form writes with: tensors are known by name, small constants and shared pieces are made once. Rows (the
 * first dimension of an activation) are never written as numbers, so one model serves any count of them.
 */
import { create } from '@bufbuild/protobuf'
import { HomespunError } from '../../errors.ts'
import type { Value } from '../graph.ts'
import type { DropoutAttributes } from '../ops/dropout.ts'
import { attributeOf, type AttributeValue } from './attribute.ts'
import { CONTRIBUTED } from './model-proto.ts'
import type { WeightPart } from './stored-tensor.ts'
import { NodeProtoSchema, TensorProto_DataType, TensorProtoSchema, type NodeProto, type TensorProto } from './proto/onnx_pb.js'

export interface WriterSettings {
  /**
   * True: the rows of every activation divide into equal, independent blocks, as many as the int64 input `BLOCKS` says in each
   * run; no token sees one of another block, and attention makes no scores between them.
   */
  readonly inBlocks: boolean
  /**
   * True: ONNX Runtime's own operators may stand for several standard ones, nothing is kept for a backward pass, and every row
   * sees at least one key. For graphs that are run here and never exported: few rows take as long as the operators are many.
   */
  readonly fused?: boolean | undefined
  /** How a value that no node makes is called; asked when it is first read. */
  readonly source: (value: Value) => string
  /** How a part of a quantised weight is called, where there are such weights. */
  readonly part?: (weight: Value, part: WeightPart) => string
}

/** The name of that input. */
export const BLOCKS = 'blocks'

export type Attributes = Readonly<Record<string, AttributeValue>>

/** What a mask has to be: the shape is the graph's, whose rows a run may change. */
export interface DropoutMask extends DropoutAttributes {
  readonly shape: readonly number[]
}

export class OnnxWriter {
  readonly nodes: NodeProto[] = []
  readonly constants: TensorProto[] = []
  readonly inBlocks: boolean
  readonly fused: boolean
  /** Dropout masks that have to be fed, by name. */
  readonly masks = new Map<string, DropoutMask>()
  readonly #source: WriterSettings['source']
  readonly #part: WriterSettings['part']
  readonly #names = new Map<number, string>()
  readonly #shared = new Map<string, string>()
  #count = 0

  constructor({ inBlocks, fused = false, source, part }: WriterSettings) {
    this.inBlocks = inBlocks
    this.fused = fused
    this.#source = source
    this.#part = part
  }

  /** The tensor that holds a value of the graph, as it is at this point: a variable may have been updated. */
  of(value: Value | undefined): string {
    if (!value) throw new HomespunError('onnx-lowering', 'An op reads an input that its node does not have.')
    const known = this.#names.get(value.id)
    if (known !== undefined) return known
    if (value.node) throw new HomespunError('onnx-lowering', 'A value is read before it is made.', { where: value.name })
    const name = this.#source(value)
    this.#names.set(value.id, name)
    return name
  }

  /** The tensor that holds a part of a quantised weight. */
  part(weight: Value, part: WeightPart): string {
    if (!this.#part) throw new HomespunError('onnx-lowering', 'A quantised weight is read where none is expected.', { where: weight.name })
    return this.#part(weight, part)
  }

  /** From here on `tensor` is the value: an output of its node, or a variable's new contents. */
  define(value: Value, tensor: string): void {
    this.#names.set(value.id, tensor)
  }

  /** The tensor to be fed with the mask of one use of dropout: 0, or 1/(1 − p), for each element; [1, 1] where all are kept. */
  mask(attributes: DropoutAttributes, { shape }: Value): string {
    const name = `dropout mask ${attributes.stream}`
    this.masks.set(name, { ...attributes, shape })
    return name
  }

  /** Adds an operator with one output; an undefined input is left out. */
  op(type: string, inputs: readonly (string | undefined)[], attributes: Attributes = {}): string {
    return this.ops(type, inputs, 1, attributes)[0]!
  }

  /** Adds one of ONNX Runtime's contributed operators, which only a fused model may hold. */
  contributed(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.ops(type, inputs, 1, attributes, CONTRIBUTED)[0]!
  }

  /** Adds an operator with several outputs. */
  ops(type: string, inputs: readonly (string | undefined)[], outputs: number, attributes: Attributes = {}, domain = ''): string[] {
    const names = Array.from({ length: outputs }, () => `t${this.#count++}`)
    this.nodes.push(
      create(NodeProtoSchema, {
        opType: type,
        domain,
        input: inputs.map((name) => name ?? ''),
        output: names,
        attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
      }),
    )
    return names
  }

  /** What `make` gives, made the first time that `key` is asked for: pieces that several ops share. */
  shared(key: string, make: () => string): string {
    const known = this.#shared.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#shared.set(key, made)
    return made
  }

  /** What was shared under this key, if anything was. */
  lookUp(key: string): string | undefined {
    return this.#shared.get(key)
  }

  /** A scalar f32. */
  float(value: number): string {
    return this.shared(`float ${value}`, () => {
      const name = `c${this.#count++}`
      this.constants.push(create(TensorProtoSchema, { name, dims: [], dataType: TensorProto_DataType.FLOAT, floatData: [Math.fround(value)] }))
      return name
    })
  }

  /** A vector of int64: shapes, axes, sizes. */
  longs(...values: number[]): string {
    return this.#integers(values, [values.length], 'INT64')
  }

  /** A scalar int64. */
  long(value: number): string {
    return this.#integers([value], [], 'INT64')
  }

  /** A scalar int32: how ids, rows and ranges are typed. */
  int(value: number): string {
    return this.#integers([value], [], 'INT32')
  }

  /** A vector of int32. */
  ints(...values: number[]): string {
    return this.#integers(values, [values.length], 'INT32')
  }

  #integers(values: readonly number[], dims: readonly number[], type: 'INT32' | 'INT64'): string {
    return this.shared(`${type} [${dims.join()}] ${values.join()}`, () => {
      const name = `c${this.#count++}`
      const tensor = { name, dims: dims.map(BigInt), dataType: TensorProto_DataType[type] }
      const data = type === 'INT32' ? { int32Data: [...values] } : { int64Data: values.map(BigInt) }
      this.constants.push(create(TensorProtoSchema, { ...tensor, ...data }))
      return name
    })
  }

  // Operators that many forms use

  reshape(tensor: string, ...shape: number[]): string {
    return this.op('Reshape', [tensor, this.longs(...shape)])
  }

  /** The rows taken apart into blocks: [blocks, …shape], in which one size may be −1. */
  byBlock(tensor: string, ...shape: number[]): string {
    if (!this.inBlocks) return this.reshape(tensor, 1, ...shape)
    const whole = this.shared(`block shape ${shape.join()}`, () => this.op('Concat', [BLOCKS, this.longs(...shape)], { axis: 0 }))
    return this.op('Reshape', [tensor, whole])
  }

  transpose(tensor: string, ...perm: number[]): string {
    return this.op('Transpose', [tensor], { perm })
  }

  mul(a: string, b: string): string {
    return this.op('Mul', [a, b])
  }

  add(a: string, b: string): string {
    return this.op('Add', [a, b])
  }

  sub(a: string, b: string): string {
    return this.op('Sub', [a, b])
  }

  /** A vector as a column, to be spread over the rows of a matrix. */
  column(vector: string): string {
    return this.shared(`column ${vector}`, () => this.op('Unsqueeze', [vector, this.longs(1)]))
  }

  /** Over the last axis, which stays with size 1. */
  reduceLast(kind: 'ReduceMax' | 'ReduceSum' | 'ReduceMean', tensor: string): string {
    return this.op(kind, [tensor, this.longs(-1)], { keepdims: 1 })
  }

  /** [begin, end) of one axis; `end` may lie beyond it. */
  slice(tensor: string, axis: number, begin: number, end: number): string {
    return this.op('Slice', [tensor, this.longs(begin), this.longs(end), this.longs(axis)])
  }
}
