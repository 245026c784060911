/**
 * A model and its weights as files, written from beginning to end: no more than one weight is in memory at a time. Small
 * models are one file; larger ones keep their weights beside it, since a protobuf file ends at 2 GB.
 */
import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { HomespunError } from '../../../errors.ts'
import { elementCount } from '../../graph.ts'
import { modelProto } from '../model-proto.ts'
import {
  GraphProtoSchema,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  type GraphProto,
} from '../proto/onnx_pb.js'
import { toFloat16 } from './float16.ts'

export interface ExportedWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly precision: 'f32' | 'f16'
}

/** All of a model but the numbers of its weights. */
export interface ExportedModel {
  readonly graph: GraphProto
  readonly weights: readonly ExportedWeight[]
}

export interface ModelFile {
  readonly name: string
  readonly bytes: number
  /** The file from its beginning, in pieces. Throws what reading a weight throws, and 'export-half-overflow'. */
  read(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>
}

/** Gives a weight's numbers; asked once for each, in order. */
export type ReadWeight = (name: string) => Promise<Float32Array>

/**
 * A protobuf file ends at 2 GiB. ONNX Runtime on Wasm has 4 GiB, and holds a model's file while it makes its weights of it: one of
 * this size still fits.
 */
export const MOST_FILE_BYTES = 1.5 * 2 ** 30

// Field numbers of onnx.proto.
const [MODEL_GRAPH, GRAPH_INITIALIZER, TENSOR_RAW_DATA] = [7, 5, 9]

/** The files of a model called `name`, none larger than `mostBytes`: `name` itself, then any `name_data`, `name_data_1`, … */
export function modelFiles(model: ExportedModel, name: string, readWeight: ReadWeight, mostBytes = MOST_FILE_BYTES): ModelFile[] {
  const whole = singleFile(model, name, readWeight)
  return whole.bytes <= mostBytes ? [whole] : separateFiles(model, name, readWeight, mostBytes)
}

function singleFile({ graph, weights }: ExportedModel, name: string, readWeight: ReadWeight): ModelFile {
  const heads = weights.map(initializerHead)
  const graphBytes = toBinary(GraphProtoSchema, graph)
  const size = graphBytes.length + weights.reduce((sum, weight, i) => sum + heads[i]!.length + weightBytes(weight), 0)
  const begin = concat([toBinary(ModelProtoSchema, modelProto()), lengthDelimited(MODEL_GRAPH, size), graphBytes])
  return {
    name,
    bytes: begin.length - graphBytes.length + size,
    async *read() {
      yield begin
      for (const [i, weight] of weights.entries()) {
        yield heads[i]!
        yield await readBytes(weight, readWeight)
      }
    },
  }
}

/** What stands before the numbers of a weight in the graph's bytes. */
function initializerHead(weight: ExportedWeight): Uint8Array<ArrayBuffer> {
  const tensor = toBinary(TensorProtoSchema, tensorOf(weight))
  const raw = lengthDelimited(TENSOR_RAW_DATA, weightBytes(weight))
  return concat([lengthDelimited(GRAPH_INITIALIZER, tensor.length + raw.length + weightBytes(weight)), tensor, raw])
}

function separateFiles({ graph, weights }: ExportedModel, name: string, readWeight: ReadWeight, mostBytes: number): ModelFile[] {
  const parts: { name: string; bytes: number; weights: ExportedWeight[] }[] = []
  const tensors = weights.map((weight) => {
    const bytes = weightBytes(weight)
    let part = parts.at(-1)
    if (!part || (part.weights.length > 0 && part.bytes + bytes > mostBytes)) {
      part = { name: `${name}_data${parts.length === 0 ? '' : `_${parts.length}`}`, bytes: 0, weights: [] }
      parts.push(part)
    }
    const place = { location: part.name, offset: String(part.bytes), length: String(bytes) }
    part.bytes += bytes
    part.weights.push(weight)
    return create(TensorProtoSchema, {
      ...tensorOf(weight),
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(place).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    })
  })
  const model = modelProto()
  model.graph = create(GraphProtoSchema, { ...graph, initializer: [...graph.initializer, ...tensors] })
  const bytes = toBinary(ModelProtoSchema, model)
  return [
    {
      name,
      bytes: bytes.length,
      read: async function* () {
        yield bytes
      },
    },
    ...parts.map((part) => ({
      name: part.name,
      bytes: part.bytes,
      read: async function* () {
        for (const weight of part.weights) yield await readBytes(weight, readWeight)
      },
    })),
  ]
}

const weightBytes = ({ shape, precision }: ExportedWeight) => elementCount(shape) * (precision === 'f16' ? 2 : 4)

const tensorOf = ({ name, shape, precision }: ExportedWeight) =>
  create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: precision === 'f16' ? TensorProto_DataType.FLOAT16 : TensorProto_DataType.FLOAT,
  })

async function readBytes({ name, precision }: ExportedWeight, readWeight: ReadWeight): Promise<Uint8Array<ArrayBuffer>> {
  const numbers = await readWeight(name)
  const stored = precision === 'f16' ? toFloat16(numbers) : numbers
  if (stored) return new Uint8Array(stored.buffer as ArrayBuffer, stored.byteOffset, stored.byteLength)
  throw new HomespunError('export-half-overflow', 'A weight is too large for half precision (fp16), which ends at 65,504.', {
    where: name,
    fix: 'Export in fp32.',
  })
}

const lengthDelimited = (field: number, bytes: number) =>
  new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(bytes).finish()

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
