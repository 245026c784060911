/**
 * Two kernels of TensorFlow.js's Wasm backend, put right. Its product of a transposed operand takes 10 times as long as that of
 * one which is turned first (measured: 0.8 and 8.6 GFLOP/s); and it has no sum over segments, the gradient of gathering rows.
 */
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import type { Tf } from './context.ts'

const BACKEND = 'wasm'
const PRODUCT = 'BatchMatMul'
const SEGMENT_SUM = 'UnsortedSegmentSum'

type Run = (name: 'BatchMatMul' | 'Transpose' | 'ScatterNd', inputs: Record<string, TensorInfo>, attrs: Parameters<KernelFunc>[0]['attrs']) => TensorInfo

/** Once, after the Wasm backend has been made ready; a second call changes nothing. */
export function improveWasmKernels(tf: Tf): void {
  if (tf.getKernel(SEGMENT_SUM, BACKEND)) return
  const given = tf.getKernel(PRODUCT, BACKEND)
  const kernels = { [PRODUCT]: given, Transpose: tf.getKernel('Transpose', BACKEND), ScatterNd: tf.getKernel('ScatterNd', BACKEND) }
  const withRun = (kernelName: string, compute: (inputs: Record<string, TensorInfo>, attrs: Record<string, unknown>, run: Run) => TensorInfo): KernelConfig => ({
    kernelName,
    backendName: BACKEND,
    kernelFunc({ inputs, backend, attrs = {} }) {
      const made: TensorInfo[] = []
      const result = compute(inputs as Record<string, TensorInfo>, attrs, (name, parts, options) => {
        const output = kernels[name].kernelFunc({ inputs: parts, backend, ...(options && { attrs: options }) }) as TensorInfo
        made.push(output)
        return output
      })
      for (const { dataId } of made) if (dataId !== result.dataId) (backend as { disposeData(id: object): void }).disposeData(dataId)
      return result
    },
  })
  tf.unregisterKernel(PRODUCT, BACKEND)
  tf.registerKernel({ ...given, ...withRun(PRODUCT, ({ a, b }, { transposeA, transposeB }, run) => product(a!, b!, Boolean(transposeA), Boolean(transposeB), run)) })
  tf.registerKernel(withRun(SEGMENT_SUM, ({ x, segmentIds }, { numSegments }, run) => segmentSum(x!, segmentIds!, Number(numSegments), run)))
}

function turned(x: TensorInfo, run: Run): TensorInfo {
  const last = x.shape.length - 1
  return run('Transpose', { x }, { perm: [...x.shape.keys()].map((axis) => (axis === last ? last - 1 : axis === last - 1 ? last : axis)) })
}

/** A·Bᵀ with few rows of A is (B·Aᵀ)ᵀ: then what is turned is smaller than B. */
function product(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean, run: Run): TensorInfo {
  const left = transposeA ? turned(a, run) : a
  const plain = (first: TensorInfo, second: TensorInfo) => run('BatchMatMul', { a: first, b: second }, { transposeA: false, transposeB: false })
  if (!transposeB) return plain(left, b)
  const [rows, inner] = left.shape.slice(-2) as [number, number]
  const columns = b.shape.at(-2)!
  return rows * (inner + columns) < inner * columns ? turned(plain(b, turned(left, run)), run) : plain(left, turned(b, run))
}

/** x [N, …], ids [N] → [segments, …]: rows of the same id added up. */
function segmentSum(x: TensorInfo, ids: TensorInfo, segments: number, run: Run): TensorInfo {
  const indices = { ...ids, shape: [...ids.shape, 1] }
  return run('ScatterNd', { indices, updates: x }, { shape: [segments, ...x.shape.slice(1)] })
}
