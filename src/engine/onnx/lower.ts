/** From a graph to an ONNX model: the graph's live nodes in their order, written by each op's own form. */
import { create, toBinary } from '@bufbuild/protobuf'
import { HomespunError } from '../../errors.ts'
import { elementCount, type Dtype, type Graph, type Value } from '../graph.ts'
import { isQuantised } from '../kernel.ts'
import { liveNodes } from '../live-nodes.ts'
import { info, modelProto, reachable } from './model-proto.ts'
import {
  GraphProtoSchema, ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation, TensorProto_DataType,
  TensorProtoSchema, type ValueInfoProto,
} from './proto/onnx_pb.js'
import { onRequestNodes, REQUESTED } from './on-request.ts'
import { wholeMatrix } from './quantised.ts'
import { storedTensor, type StoredTensor, type WeightPart } from './stored-tensor.ts'
import { BLOCKS, OnnxWriter, type DropoutMask } from './writer.ts'

export interface OnnxInput {
  readonly dtype: Dtype
  /** The first dimension as the graph has it; a run may have another. */
  readonly rows: number
  /** The dimensions after the first, which is left open. */
  readonly rowShape: readonly number[]
}

export interface OnnxProgram {
  /** The model file; weights lie beside it, each in a file of its own. */
  readonly model: Uint8Array
  /** What has to be fed, by name: inputs of the graph, and stores. */
  readonly inputs: ReadonlyMap<string, OnnxInput>
  readonly inBlocks: boolean
  /** Whether some outputs are given only where a run asks. */
  readonly onRequest: boolean
  readonly masks: ReadonlyMap<string, DropoutMask>
  readonly weights: readonly StoredTensor[]
}

export interface LoweringSettings {
  /** See `WriterSettings`. */
  readonly inBlocks: boolean
  readonly fused?: boolean
  /** Names of outputs, f32 matrices, that a run gives only where it is asked to; see `onRequestNodes`. */
  readonly onRequest?: readonly string[]
}

/**
 * `outputs` by the names under which a session will give them: any value of the graph may be among them. Inputs keep their
 * names; u32 becomes int32 with the same bits. Throws HomespunError 'onnx-lowering' where an op has no ONNX form.
 */
export function lowerToOnnx(graph: Graph, outputs: ReadonlyMap<string, Value>, { inBlocks, fused = false, onRequest = [] }: LoweringSettings): OnnxProgram {
  const sources = new Sources()
  const writer: OnnxWriter = new OnnxWriter({
    inBlocks, fused,
    source: (value) => sources.tensor(value, writer),
    part: (weight, part) => sources.stored(weight, part),
  })
  writeNodes(graph, [...outputs.values()], writer)
  for (const [name, value] of outputs) rename(writer, writer.of(value), name)
  for (const name of writer.masks.keys()) sources.declare(name, TensorProto_DataType.FLOAT, [undefined, undefined])
  if (inBlocks) sources.declare(BLOCKS, TensorProto_DataType.INT64, [1])
  const { nodes, read } = reachable(writer.nodes, outputs.keys())
  if (onRequest.length) sources.declare(REQUESTED, TensorProto_DataType.BOOL, [])
  const always = [...outputs.keys()].filter((name) => !onRequest.includes(name))
  const weights = [...sources.weights.values()].filter(({ name }) => read.has(name))
  const proto = modelProto({ contributed: fused })
  proto.graph = create(GraphProtoSchema, {
    name: 'homespun',
    node: onRequest.length ? onRequestNodes(nodes, always, onRequest) : nodes,
    initializer: [...weights.map(external), ...writer.constants.filter(({ name }) => read.has(name))],
    input: sources.declared.filter(({ name }) => read.has(name) || name === REQUESTED),
    output: [...outputs].map(([name, value]) => info(name, elementType(value.dtype), value.shape.map(() => undefined))),
  })
  const inputs = [...sources.inputs].filter(([name]) => read.has(name))
  return { model: toBinary(ModelProtoSchema, proto), inputs: new Map(inputs), inBlocks: inBlocks && read.has(BLOCKS), onRequest: onRequest.length > 0, masks: writer.masks, weights }
}

/** Writes what `outputs` need, each op in its own form. Throws HomespunError 'onnx-lowering' where an op has none. */
export function writeNodes(graph: Graph, outputs: readonly Value[], writer: OnnxWriter): void {
  for (const node of liveNodes(graph, outputs)) {
    if (!node.op.onnx) throw new HomespunError('onnx-lowering', `The op ${node.op.name} has no ONNX form.`)
    node.op.onnx(node, writer)
  }
}

/** Sources as they are first read: declared once, variables cut out of their store. */
class Sources {
  readonly weights = new Map<string, StoredTensor>()
  readonly declared: ValueInfoProto[] = []
  readonly inputs = new Map<string, OnnxInput>()

  tensor(value: Value, writer: OnnxWriter): string {
    const { source, name, shape, dtype } = value
    if (source?.kind === 'weight') return isQuantised(source.storage) ? wholeMatrix(value, writer) : this.stored(value, 'values')
    if (source?.kind !== 'variable') return this.input(name, dtype, shape)
    const store = this.input(source.store, dtype, [source.offset + elementCount(shape)])
    return writer.reshape(writer.slice(store, 0, source.offset, source.offset + elementCount(shape)), ...shape)
  }

  stored(weight: Value, part: WeightPart): string {
    const tensor = storedTensor(weight, part)
    this.weights.set(tensor.name, tensor)
    return tensor.name
  }

  declare(name: string, type: TensorProto_DataType, shape: readonly (number | undefined)[]): void {
    this.declared.push(info(name, type, shape))
  }

  input(name: string, dtype: Dtype, [rows = 1, ...rowShape]: readonly number[]): string {
    if (this.inputs.has(name)) return name
    this.inputs.set(name, { dtype, rows, rowShape })
    this.declare(name, elementType(dtype), [undefined, ...rowShape])
    return name
  }
}

const elementType = (dtype: Dtype) => (dtype === 'f32' ? TensorProto_DataType.FLOAT : TensorProto_DataType.INT32)

function external({ name, type, dims, bytes }: StoredTensor) {
  const entries = { location: name, offset: '0', length: String(bytes) }
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: type,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  })
}

/** Adds `name` for a tensor. An identity: the tensor may be an input, or asked for under two names. */
function rename(writer: OnnxWriter, tensor: string, name: string): void {
  writer.op('Identity', [tensor])
  writer.nodes.at(-1)!.output = [name]
}
