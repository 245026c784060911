/** From a graph to an ONNX model: the graph's live nodes in their order, written by each op's own form. */
import { create, toBinary } from '@bufbuild/protobuf'
import { HomespunError } from '../../errors.ts'
import { elementCount, type Dtype, type Graph, type Value } from '../graph.ts'
import { liveNodes } from '../live-nodes.ts'
import { info, modelProto, reachable } from './model-proto.ts'
import {
  GraphProtoSchema, ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation, TensorProto_DataType,
  TensorProtoSchema, type ValueInfoProto,
} from './proto/onnx_pb.js'
import { BLOCKS, OnnxWriter, type DropoutMask } from './writer.ts'

export interface OnnxInput {
  readonly dtype: Dtype
  /** The first dimension as the graph has it; a run may have another. */
  readonly rows: number
  /** The dimensions after the first, which is left open. */
  readonly rowShape: readonly number[]
}

export interface OnnxProgram {
  /** The model file; weights lie beside it, each in a file of its own that is called as the weight. */
  readonly model: Uint8Array
  /** What has to be fed, by name: inputs of the graph, and stores. */
  readonly inputs: ReadonlyMap<string, OnnxInput>
  readonly inBlocks: boolean
  readonly masks: ReadonlyMap<string, DropoutMask>
  readonly weights: readonly Value[]
}

export interface LoweringSettings {
  /** See `WriterSettings`. */
  readonly inBlocks: boolean
  readonly fused?: boolean
}

/**
 * `outputs` by the names under which a session will give them: any value of the graph may be among them. Inputs keep their
 * names; u32 becomes int32 with the same bits. Throws HomespunError 'onnx-lowering' where an op has no ONNX form.
 */
export function lowerToOnnx(graph: Graph, outputs: ReadonlyMap<string, Value>, { inBlocks, fused = false }: LoweringSettings): OnnxProgram {
  const sources = new Sources()
  const writer: OnnxWriter = new OnnxWriter({ inBlocks, fused, source: (value) => sources.tensor(value, writer) })
  writeNodes(graph, [...outputs.values()], writer)
  for (const [name, value] of outputs) rename(writer, writer.of(value), name)
  for (const name of writer.masks.keys()) sources.declare(name, TensorProto_DataType.FLOAT, [undefined, undefined])
  if (inBlocks) sources.declare(BLOCKS, TensorProto_DataType.INT64, [1])
  const { nodes, read } = reachable(writer.nodes, outputs.keys())
  const weights = sources.weights.filter(({ name }) => read.has(name))
  const proto = modelProto({ contributed: fused })
  proto.graph = create(GraphProtoSchema, {
    name: 'homespun',
    node: nodes,
    initializer: [...weights.map(external), ...writer.constants.filter(({ name }) => read.has(name))],
    input: sources.declared.filter(({ name }) => read.has(name)),
    output: [...outputs].map(([name, value]) => info(name, elementType(value.dtype), value.shape.map(() => undefined))),
  })
  const inputs = [...sources.inputs].filter(([name]) => read.has(name))
  return { model: toBinary(ModelProtoSchema, proto), inputs: new Map(inputs), inBlocks: inBlocks && read.has(BLOCKS), masks: writer.masks, weights }
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
  readonly weights: Value[] = []
  readonly declared: ValueInfoProto[] = []
  readonly inputs = new Map<string, OnnxInput>()

  tensor(value: Value, writer: OnnxWriter): string {
    const { source, name, shape, dtype } = value
    if (source?.kind === 'weight') {
      this.weights.push(value)
      return name
    }
    if (source?.kind !== 'variable') return this.input(name, dtype, shape)
    const store = this.input(source.store, dtype, [source.offset + elementCount(shape)])
    return writer.reshape(writer.slice(store, 0, source.offset, source.offset + elementCount(shape)), ...shape)
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

/** A weight whose numbers, f32, lie in a file of their own. */
function external({ name, shape }: Value) {
  const entries = { location: name, offset: '0', length: String(4 * elementCount(shape)) }
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  })
}

/** Adds `name` for a tensor. An identity: the tensor may be an input, or asked for under two names. */
function rename(writer: OnnxWriter, tensor: string, name: string): void {
  writer.op('Identity', [tensor])
  writer.nodes.at(-1)!.output = [name]
}
