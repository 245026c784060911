/** The way between plain arrays and TensorFlow.js, which keeps every tensor until it is told otherwise. */
import { HomespunError } from '../../errors.ts'
import { elementCount, type Value } from '../graph.ts'
import type { Tensor, Tf } from './context.ts'

/** `data` as the contents of a value; the count of rows follows from its length. */
export function tensorOf(tf: Tf, { shape: [rows = 1, ...rowShape], dtype }: Pick<Value, 'shape' | 'dtype'>, data: Float32Array | Uint32Array): Tensor {
  const rowSize = elementCount(rowShape)
  const shape = [rowSize ? data.length / rowSize : rows, ...rowShape]
  if (dtype === 'f32') return tf.tensor(data, shape)
  return tf.tensor(new Int32Array(data.buffer, data.byteOffset, data.length), shape, 'int32')
}

/** Numbers of the tensors that `make` gives; whatever else it made is freed, and then they are. Throws HomespunError 'tfjs-run', 'tfjs-out-of-memory'. */
export async function readTensors(tf: Tf, make: () => Tensor[]): Promise<Float32Array<ArrayBuffer>[]> {
  const tensors = runTidily(tf, make)
  try {
    return (await Promise.all(tensors.map((tensor) => tensor.data()))) as Float32Array<ArrayBuffer>[]
  } catch (cause) {
    throw runError(cause)
  } finally {
    tf.dispose(tensors)
  }
}

/** The tensors that `make` gives, for the caller to dispose of; whatever else it made is freed. Throws as `readTensors`. */
export function runTidily(tf: Tf, make: () => Tensor[]): Tensor[] {
  try {
    return tf.tidy(make)
  } catch (cause) {
    throw runError(cause)
  }
}

/** What browsers and the library say when memory ends. */
const NO_MEMORY = /out of memory|memory access out of bounds|allocation failed|Unable to create WebGL|texture size|createBuffer/i

function runError(cause: unknown): unknown {
  if (cause instanceof HomespunError) return cause
  const where = String(cause).split('\n')[0] ?? ''
  if (!NO_MEMORY.test(where)) return new HomespunError('tfjs-run', 'TensorFlow.js failed in a run.', { where, cause })
  return new HomespunError('tfjs-out-of-memory', 'This needs more memory than TensorFlow.js has here.', {
    where, fix: 'Lower the batch size or the longest example, or choose a smaller model.', cause,
  })
}
