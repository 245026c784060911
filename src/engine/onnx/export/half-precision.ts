/**
 * The same model with half-precision weights: products with a weight, and what follows them element by element or only
 * moves numbers, are computed in f16; sums over rows, softmax, norms and the residual stream stay f32, where f16 would
 * overflow or lose what counts. Casts stand where the two meet.
 */
import { create } from '@bufbuild/protobuf'
import { NodeProtoSchema, TensorProto_DataType, TensorProtoSchema, type NodeProto, type TensorProto } from '../proto/onnx_pb.js'
import { attributeOf } from '../attribute.ts'
import { toFloat16 } from './float16.ts'

const { FLOAT, FLOAT16 } = TensorProto_DataType

/** Products: in f16 where a weight is among their factors. */
const PRODUCTS = new Set(['Gemm', 'MatMul'])
/** Only move numbers: of the type of their first input. */
const MOVES = new Set(['Reshape', 'Transpose', 'Slice', 'Unsqueeze', 'Squeeze', 'Gather', 'Identity', 'Expand', 'Split'])
/** Element by element: in f16 where all their numbers are. */
const ELEMENTWISE = new Set(['Mul', 'Add', 'Sub', 'Sigmoid', 'Concat'])
/** Give no numbers of the model, whatever they read. */
const NOT_FLOAT = new Set(['Shape', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'Equal', 'And', 'Or', 'Not'])

type Precision = 'f32' | 'f16'

export interface Precisions {
  /** Weights and inputs that hold numbers, by name. */
  readonly given: ReadonlyMap<string, Precision>
  readonly weights: ReadonlySet<string>
  /** What the outputs have to be, by name. */
  readonly wanted: ReadonlyMap<string, Precision>
}

/** Nodes and constants in mixed precision. */
export function toHalfPrecision(nodes: readonly NodeProto[], constants: readonly TensorProto[], precisions: Precisions) {
  const pass = new HalfPrecision(constants, precisions)
  for (const node of nodes) pass.add(node)
  const read = new Set(pass.nodes.flatMap(({ input }) => input))
  return { nodes: pass.nodes, constants: pass.constants.filter(({ name }) => read.has(name)) }
}

class HalfPrecision {
  readonly nodes: NodeProto[] = []
  readonly constants: TensorProto[]
  readonly #scalars: ReadonlyMap<string, TensorProto>
  readonly #settings: Precisions
  /** Of every tensor that holds numbers of the model. */
  readonly #precision: Map<string, Precision>
  readonly #cast = new Map<string, string>()

  constructor(constants: readonly TensorProto[], settings: Precisions) {
    this.constants = [...constants]
    this.#scalars = new Map(
      constants.filter(({ dataType }) => dataType === (FLOAT as number)).map((tensor) => [tensor.name, tensor]),
    )
    this.#settings = settings
    this.#precision = new Map(settings.given)
  }

  add(node: NodeProto): void {
    const { opType, input } = node
    const numbers = input.filter((name) => this.#precision.has(name) || this.#scalars.has(name))
    if (numbers.length === 0 || NOT_FLOAT.has(opType)) {
      this.nodes.push(node)
      if (opType === 'Cast' && this.#castsTo(node) === (FLOAT as number)) this.#finish(node, 'f32')
    } else if (PRODUCTS.has(opType) && input.some((name) => this.#settings.weights.has(name))) {
      this.#addProduct(node)
    } else {
      this.#addIn(node, this.#precisionFor(node, numbers))
    }
  }

  #precisionFor({ opType, input }: NodeProto, numbers: readonly string[]): Precision {
    const half = (name: string) => this.#precision.get(name) === 'f16'
    if (MOVES.has(opType)) return half(input[0]!) ? 'f16' : 'f32'
    const square = opType === 'Mul' && input[0] === input[1]
    const allHalf = numbers.every((name) => half(name) || this.#scalars.has(name)) && numbers.some(half)
    return ELEMENTWISE.has(opType) && allHalf && !square ? 'f16' : 'f32'
  }

  #addIn(node: NodeProto, precision: Precision): void {
    this.nodes.push(changed(node, { input: node.input.map((name) => this.#as(name, precision)) }))
    this.#finish(node, precision)
  }

  /** What a Gemm adds, a residual or a bias, is added in f32. */
  #addProduct(node: NodeProto): void {
    const [a = '', b = '', c = ''] = node.input
    if (c === '') return this.#addIn(node, 'f16')
    const product = `${node.output[0]} product`
    this.nodes.push(changed(node, { input: [this.#as(a, 'f16'), this.#as(b, 'f16')], output: [product] }))
    this.#precision.set(product, 'f16')
    this.nodes.push(
      create(NodeProtoSchema, { opType: 'Add', input: [this.#as(product, 'f32'), this.#as(c, 'f32')], output: node.output }),
    )
    this.#finish(node, 'f32')
  }

  /** Notes what a node's outputs are; an output of the model is brought to what it has to be. */
  #finish(node: NodeProto, precision: Precision): void {
    for (const name of node.output) {
      const wanted = this.#settings.wanted.get(name)
      this.#precision.set(name, wanted ?? precision)
      if (wanted === undefined || wanted === precision) continue
      const made = this.nodes.at(-1)!
      const inner = `${name} ${precision}`
      this.nodes[this.nodes.length - 1] = changed(made, { output: made.output.map((other) => (other === name ? inner : other)) })
      this.nodes.push(castNode(inner, name, wanted))
      this.#precision.set(inner, precision)
    }
  }

  /** A tensor in one precision; others than numbers stay as they are. */
  #as(name: string, precision: Precision): string {
    const has = this.#precision.get(name) ?? (this.#scalars.has(name) ? 'f32' : undefined)
    if (has === undefined || has === precision) return name
    const known = this.#cast.get(name)
    if (known !== undefined) return known
    const cast = `${name} ${precision}`
    const scalar = this.#scalars.get(name)
    if (scalar) this.constants.push(halfScalar(scalar, cast))
    else this.nodes.push(castNode(name, cast, precision))
    this.#cast.set(name, cast)
    this.#precision.set(cast, precision)
    return cast
  }

  #castsTo(node: NodeProto): number {
    return Number(node.attribute.find(({ name }) => name === 'to')?.i ?? 0)
  }
}

const changed = (node: NodeProto, { input = node.input, output = node.output }: { input?: string[]; output?: string[] }) =>
  create(NodeProtoSchema, { opType: node.opType, attribute: node.attribute, input, output })

const castNode = (input: string, output: string, precision: Precision) =>
  create(NodeProtoSchema, {
    opType: 'Cast',
    input: [input],
    output: [output],
    attribute: [attributeOf('to', precision === 'f16' ? FLOAT16 : FLOAT)],
  })

function halfScalar({ floatData, dims }: TensorProto, name: string): TensorProto {
  const bits = toFloat16(Float32Array.from(floatData))
  if (!bits) throw new RangeError(`${floatData.join()} is no half-precision number.`)
  return create(TensorProtoSchema, { name, dims, dataType: FLOAT16, int32Data: [...bits] })
}
