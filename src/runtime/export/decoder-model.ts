/**
 * A model as an ONNX decoder with the names that transformers.js and Optimum use: tokens, mask, positions and the keys and
 * values so far in; logits, and keys and values with this run's, out. Batch and lengths are open. Only standard operators.
 */
import { create } from '@bufbuild/protobuf'
import { Graph, type Value } from '../../engine/graph.ts'
import { extendCache } from '../../engine/onnx/export/extend-cache.ts'
import { toHalfPrecision } from '../../engine/onnx/export/half-precision.ts'
import type { ExportedModel, ExportedWeight } from '../../engine/onnx/export/model-files.ts'
import { writeNodes } from '../../engine/onnx/lower.ts'
import { info, reachable } from '../../engine/onnx/model-proto.ts'
import { GraphProtoSchema, TensorProto_DataType, type ValueInfoProto } from '../../engine/onnx/proto/onnx_pb.js'
import { ONNX_BOOL } from '../../engine/onnx/types.ts'
import { BLOCKS, OnnxWriter } from '../../engine/onnx/writer.ts'
import { seenKey } from '../../engine/ops/attention/onnx.ts'
import { logitsOf } from '../../models/logits.ts'
import type { LanguageModel, LoraValues } from '../../models/types.ts'

export type Precision = 'f32' | 'f16'

/** LoRA of a module in the graph, for adapters that are not merged. */
export type LoraSource = (graph: Graph) => (module: string) => LoraValues | undefined

const [TOKENS, POSITIONS, RANGES, WINDOW, LOGITS] = ['input_ids', 'position_ids', 'key range', 'window key range', 'logits']
const MASK = 'attention_mask'
const [BATCH, SEQUENCE, PAST, TOTAL] = ['batch_size', 'sequence_length', 'past_sequence_length', 'total_sequence_length']
const { FLOAT, FLOAT16, INT64 } = TensorProto_DataType

interface CachePart {
  past: Value
  present: Value
  heads: number
  headDim: number
}

/**
 * Weights keep their names; matrices are stored in `precision`. A and B of `lora` are weights that are inputs too: what
 * runs the model may give others in their place. Throws 'onnx-lowering'.
 */
export function decoderModel(model: LanguageModel, precision: Precision, lora?: LoraSource): ExportedModel {
  const { graph, logits, cache } = decoderGraph(model, lora)
  const read: Value[] = []
  const writer = new OnnxWriter({ inBlocks: true, source: (value) => sourceName(value, read) })
  writeInputs(writer, model.window)
  const presents = cache.map(({ present }) => present)
  writeNodes(graph, [logits, ...presents], writer)
  nameOutput(writer, writer.byBlock(writer.of(logits), -1, model.vocabularySize), LOGITS)
  cache.forEach(({ present }, i) => nameOutput(writer, writer.of(present), cacheName('present', i)))
  const weights = read.filter(({ source }) => source?.kind === 'weight').map((value) => storedWeight(value, precision))
  return assemble(writer, weights, cache, precision, model.vocabularySize)
}

/** Shapes stand for one sequence of one token after one token: all three numbers are open in the model. */
function decoderGraph(model: LanguageModel, lora: LoraSource | undefined) {
  const graph = new Graph()
  const cache: CachePart[] = []
  const weight = (name: string, shape: readonly number[]) => graph.weight(name, shape, 'f32')
  const outputs = model.forward(
    graph,
    { weight, lora: lora?.(graph) ?? (() => undefined) },
    {
      tokens: graph.input(TOKENS, [1], 'u32'),
      positions: graph.input(POSITIONS, [1], 'u32'),
      keyRange: graph.input(RANGES, [1, 2], 'u32'),
      window: model.window === undefined ? undefined : { keyRange: graph.input(WINDOW, [1, 2], 'u32') },
      cache: {
        extend(_graph, _name, rows, heads) {
          const headDim = rows.shape[1]! / heads
          const past = graph.input(cacheName('past_key_values', cache.length), [1, heads, 1, headDim], 'f32')
          const [present, all] = graph.apply(extendCache, [past, rows], { heads })
          cache.push({ past, present: present!, heads, headDim })
          return all!
        },
      },
    },
  )
  return { graph, cache, logits: logitsOf(graph, outputs) }
}

/** Keys and values alternate, layer by layer. */
const cacheName = (prefix: string, index: number) => `${prefix}.${index >> 1}.${index % 2 ? 'value' : 'key'}`

/** Rows that the inputs become. */
const rowsOf = (input: string) => `${input} as rows`

function sourceName(value: Value, read: Value[]): string {
  read.push(value)
  return value.name === TOKENS || value.name === POSITIONS ? rowsOf(value.name) : value.name
}

/** What the graph's own inputs are made of: rows of all sequences, their number, and which keys each token sees. */
function writeInputs(writer: OnnxWriter, window: number | undefined): void {
  nameOutput(writer, writer.op('Shape', [TOKENS], { start: 0, end: 1 }), BLOCKS)
  for (const name of [TOKENS, POSITIONS]) nameOutput(writer, writer.reshape(name, -1), rowsOf(name))
  const length = (name: string) => writer.op('Squeeze', [writer.op('Shape', [name], { start: 1, end: 2 })])
  const keyCount = length(MASK)
  const range = (begin: string) => writer.op('Range', [begin, keyCount, writer.long(1)])
  const keys = range(writer.long(0))
  const queries = writer.op('Unsqueeze', [range(writer.sub(keyCount, length(TOKENS))), writer.longs(1)])
  const real = writer.op('Unsqueeze', [writer.op('Cast', [MASK], { to: ONNX_BOOL }), writer.longs(1)])
  const seen = writer.op('And', [writer.op('LessOrEqual', [keys, queries]), real])
  writer.shared(seenKey(RANGES), () => seen)
  if (window === undefined) return
  const near = writer.op('Greater', [keys, writer.sub(queries, writer.long(window))])
  writer.shared(seenKey(WINDOW), () => writer.op('And', [seen, near]))
}

function nameOutput(writer: OnnxWriter, tensor: string, name: string): void {
  writer.op('Identity', [tensor])
  writer.nodes.at(-1)!.output = [name]
}

const storedWeight = ({ name, shape }: Value, precision: Precision): ExportedWeight => ({
  name,
  shape,
  precision: shape.length > 1 ? precision : 'f32',
})

/** Inputs, outputs, and of all that was written what leads to these, in `precision`. */
function assemble(
  writer: OnnxWriter,
  weights: ExportedWeight[],
  cache: readonly CachePart[],
  precision: Precision,
  vocabularySize: number,
): ExportedModel {
  const presents = cache.map((_, i) => cacheName('present', i))
  const { nodes, read } = reachable(writer.nodes, [LOGITS, ...presents])
  const used = { nodes, constants: writer.constants.filter(({ name }) => read.has(name)) }
  const all = (names: readonly string[]) => names.map((name) => [name, precision] as const)
  const lowered =
    precision === 'f32'
      ? used
      : toHalfPrecision(used.nodes, used.constants, {
          weights: new Set(weights.map(({ name }) => name)),
          given: new Map([
            ...weights.map((weight) => [weight.name, weight.precision] as const),
            ...all(cache.map(({ past }) => past.name)),
          ]),
          wanted: new Map([[LOGITS, 'f32'], ...all(presents)]),
        })
  const element = precision === 'f16' ? FLOAT16 : FLOAT
  const cacheInfo = (name: string, { heads, headDim }: CachePart, length: string) =>
    info(name, element, [BATCH, heads, length, headDim])
  const graph = create(GraphProtoSchema, {
    name: 'homespun',
    node: lowered.nodes,
    initializer: lowered.constants,
    input: [
      info(TOKENS, INT64, [BATCH, SEQUENCE]),
      info(MASK, INT64, [BATCH, TOTAL]),
      info(POSITIONS, INT64, [BATCH, SEQUENCE]),
      ...cache.map((part) => cacheInfo(part.past.name, part, PAST)),
      ...weights.filter(({ name }) => LORA.test(name)).map(weightInfo),
    ],
    output: [
      info(LOGITS, FLOAT, [BATCH, SEQUENCE, vocabularySize]),
      ...cache.map((part, i) => cacheInfo(presents[i]!, part, TOTAL)),
    ],
  })
  return { graph, weights }
}

const LORA = /[.]lora_[AB]$/

const weightInfo = ({ name, shape, precision }: ExportedWeight): ValueInfoProto =>
  info(name, precision === 'f16' ? FLOAT16 : FLOAT, shape)
