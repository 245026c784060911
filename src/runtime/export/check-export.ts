/** Runs an exported model in ONNX Runtime as transformers.js would, and says how far its logits are from the engine's own. */
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { HomespunError } from '../../errors.ts'
import { runError, sessionError, type OnnxRuntime } from '../../engine/onnx/session.ts'

/** A model's file, or one with its weights. */
export interface FileBytes {
  /** As the model itself calls it: without folders. */
  name: string
  bytes: Uint8Array<ArrayBuffer>
}

/** Largest difference, as a share of the largest logit, that an export may have. */
export const EXPORT_TOLERANCE = { fp32: 2e-4, fp16: 2e-2 } as const

/** Of what it tells, errors alone: that A and B can be replaced is no news. */
const OPTIONS: InferenceSession.SessionOptions = { executionProviders: ['wasm'], logSeverityLevel: 3 }

/**
 * Feeds half of `tokens`, then the rest with the keys and values of the first, and compares every logit with `expected`
 * [tokens, vocabulary]. `files` begin with the model. Returns max |Δ| / max |logit|.
 * Throws 'onnx-session', 'onnx-run', 'wasm-out-of-memory', and 'export-differs' where that is more than the tolerance.
 */
export async function checkExport(
  runtime: OnnxRuntime,
  files: readonly FileBytes[],
  tokens: readonly number[],
  expected: Float32Array,
  dtype: keyof typeof EXPORT_TOLERANCE,
): Promise<number> {
  const logits = await logitsOf(runtime, files, tokens)
  let [most, apart] = [0, 0]
  for (const [i, wanted] of expected.entries()) {
    most = Math.max(most, Math.abs(wanted))
    const difference = Math.abs(logits[i]! - wanted)
    // A logit that is no number is as far off as can be.
    apart = difference >= 0 ? Math.max(apart, difference) : Infinity
  }
  const share = apart / most
  if (share <= EXPORT_TOLERANCE[dtype] && logits.length === expected.length) return share
  throw new HomespunError(
    'export-differs',
    'The exported model does not compute what the model computes here, so it was not kept.',
    {
      where: `logits differ by ${share.toPrecision(2)} of the largest; ${EXPORT_TOLERANCE[dtype]} is allowed`,
      fix:
        dtype === 'fp16'
          ? 'Export in fp32: this model needs more than half precision.'
          : 'Try again; this should not happen, and is worth a report.',
    },
  )
}

async function logitsOf(
  runtime: OnnxRuntime,
  [model, ...data]: readonly FileBytes[],
  tokens: readonly number[],
): Promise<Float32Array> {
  let session: InferenceSession
  try {
    const externalData = data.map(({ name, bytes }) => ({ path: name, data: bytes }))
    session = await runtime.InferenceSession.create(model!.bytes, { ...OPTIONS, ...(data.length > 0 ? { externalData } : {}) })
  } catch (cause) {
    throw sessionError(cause)
  }
  try {
    return await inTwoRuns(runtime, session, tokens)
  } catch (cause) {
    throw runError(cause)
  } finally {
    await session.release()
  }
}

async function inTwoRuns(runtime: OnnxRuntime, session: InferenceSession, tokens: readonly number[]): Promise<Float32Array> {
  const half = Math.ceil(tokens.length / 2)
  const first = await session.run({ ...inputs(runtime, tokens.slice(0, half), 0), ...emptyCache(runtime, session) })
  const kept = Object.entries(first).filter(([name]) => name.startsWith('present.'))
  const cache = Object.fromEntries(kept.map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]))
  const second = await session.run({ ...inputs(runtime, tokens.slice(half), half), ...cache })
  const [begin, end] = [first['logits']!.data as Float32Array, second['logits']!.data as Float32Array]
  const all = new Float32Array(begin.length + end.length)
  all.set(begin)
  all.set(end, begin.length)
  return all
}

/** One sequence, whose tokens follow `past` others. */
function inputs(runtime: OnnxRuntime, tokens: readonly number[], past: number): Record<string, Tensor> {
  const longs = (values: readonly number[]) => new runtime.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
  return {
    input_ids: longs(tokens),
    attention_mask: longs(new Array<number>(past + tokens.length).fill(1)),
    position_ids: longs(tokens.map((_, i) => past + i)),
  }
}

/** Keys and values of no tokens, as the model declares them. */
function emptyCache(runtime: OnnxRuntime, session: InferenceSession): Record<string, Tensor> {
  const parts = session.inputMetadata.filter(({ name }) => name.startsWith('past_key_values.'))
  return Object.fromEntries(
    parts.map((part) => {
      if (!part.isTensor) throw new TypeError(`${part.name} is no tensor`)
      const dims = part.shape.map((size) => (typeof size === 'number' ? size : size === 'batch_size' ? 1 : 0))
      const half = () => new runtime.Tensor('float16', new Uint16Array(), dims)
      return [part.name, part.type === 'float16' ? half() : new runtime.Tensor('float32', new Float32Array(), dims)]
    }),
  )
}
