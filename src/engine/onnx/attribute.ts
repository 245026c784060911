/** Attributes of ONNX operators, typed by how they are written: whole numbers are INT, others must be said to be FLOAT. */
import { create } from '@bufbuild/protobuf'
import { AttributeProto_AttributeType, AttributeProtoSchema, type AttributeProto, type GraphProto } from './proto/onnx_pb.js'

/** `{ float }` where a whole number could be meant; a list is INTS. */
export type AttributeValue = number | { readonly float: number } | readonly number[] | string | { readonly graph: GraphProto }

export function attributeOf(name: string, value: AttributeValue): AttributeProto {
  const { FLOAT, INT, INTS, STRING, GRAPH } = AttributeProto_AttributeType
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value) })
  if (typeof value === 'string') return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value) })
  if ('float' in value) return create(AttributeProtoSchema, { name, type: FLOAT, f: value.float })
  if ('graph' in value) return create(AttributeProtoSchema, { name, type: GRAPH, g: value.graph })
  return create(AttributeProtoSchema, { name, type: INTS, ints: value.map(BigInt) })
}
