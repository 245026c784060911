/** The pieces of an ONNX model file that every lowering needs: types of inputs and outputs, and the nodes that count. */
import { create } from '@bufbuild/protobuf'
import {
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type ModelProto,
  type NodeProto,
  type TensorProto_DataType,
  type ValueInfoProto,
} from './proto/onnx_pb.js'

/** The operator set all forms are written for, and the version of the file format that came with it. */
const OPSET = 18n
const IR_VERSION = 8n

/** The domain of ONNX Runtime's own operators. */
export const CONTRIBUTED = 'com.microsoft'

/** A model without its graph. */
export const modelProto = ({ contributed = false } = {}): ModelProto =>
  create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'homespun',
    opsetImport: [
      create(OperatorSetIdProtoSchema, { version: OPSET }),
      ...(contributed ? [create(OperatorSetIdProtoSchema, { domain: CONTRIBUTED, version: 1n })] : []),
    ],
  })

/** Size of a dimension, the name of one that is open, or undefined for one without a name. */
export type Dimension = number | string | undefined

/** Type of an input or output. */
export function info(name: string, elemType: TensorProto_DataType, shape: readonly Dimension[]): ValueInfoProto {
  const dim = shape.map((size) => create(TensorShapeProto_DimensionSchema, dimension(size)))
  const tensorType = create(TypeProto_TensorSchema, { elemType, shape: create(TensorShapeProtoSchema, { dim }) })
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  })
}

function dimension(size: Dimension) {
  if (size === undefined) return {}
  if (typeof size === 'string') return { value: { case: 'dimParam', value: size } as const }
  return { value: { case: 'dimValue', value: BigInt(size) } as const }
}

/** The nodes that lead to `outputs`, in their order, and the names of all tensors they read. */
export function reachable(nodes: readonly NodeProto[], outputs: Iterable<string>): { nodes: NodeProto[]; read: Set<string> } {
  const read = new Set(outputs)
  const kept: NodeProto[] = []
  for (const node of nodes.toReversed()) {
    if (!node.output.some((name) => read.has(name))) continue
    node.input.forEach((name) => read.add(name))
    kept.push(node)
  }
  return { nodes: kept.reverse(), read }
}
