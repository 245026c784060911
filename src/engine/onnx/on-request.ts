/**
 * Outputs that a run computes only where it is asked to. What leads to them alone goes into one branch of an If, which reads the
 * rest of the model's tensors where they are: so one session, with one copy of the weights, both trains and evaluates.
 */
import { create } from '@bufbuild/protobuf'
import { attributeOf } from './attribute.ts'
import { info, reachable } from './model-proto.ts'
import {
  GraphProtoSchema, NodeProtoSchema, TensorProto_DataType, TensorProtoSchema, type GraphProto, type NodeProto,
} from './proto/onnx_pb.js'

/** The bool input that asks. */
export const REQUESTED = 'requested'

/** The nodes anew: those that `outputs` need as they are, and one If that gives `onRequest`, f32 matrices, empty where it is not asked. */
export function onRequestNodes(nodes: readonly NodeProto[], outputs: readonly string[], onRequest: readonly string[]): NodeProto[] {
  const always = new Set(reachable(nodes, outputs).nodes)
  const asked = branch('asked', nodes.filter((node) => !always.has(node)), onRequest)
  const none = onRequest.map((name) => create(NodeProtoSchema, { opType: 'Identity', input: ['nothing'], output: [name] }))
  const notAsked = branch('not asked', none, onRequest)
  notAsked.initializer = [create(TensorProtoSchema, { name: 'nothing', dims: [0n, 0n], dataType: TensorProto_DataType.FLOAT })]
  const choice = create(NodeProtoSchema, {
    opType: 'If',
    input: [REQUESTED],
    output: [...onRequest],
    attribute: [attributeOf('then_branch', { graph: asked }), attributeOf('else_branch', { graph: notAsked })],
  })
  return [...nodes.filter((node) => always.has(node)), choice]
}

/** A branch's own names for what it gives: a name stands for one tensor in the whole model. */
function branch(prefix: string, nodes: readonly NodeProto[], outputs: readonly string[]): GraphProto {
  const given = new Set(outputs)
  const own = (name: string) => (given.has(name) ? `${prefix}: ${name}` : name)
  return create(GraphProtoSchema, {
    name: prefix,
    node: nodes.map((node) => create(NodeProtoSchema, { ...node, output: node.output.map(own) })),
    output: outputs.map((name) => info(own(name), TensorProto_DataType.FLOAT, [undefined, undefined])),
  })
}
