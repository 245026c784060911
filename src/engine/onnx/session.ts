/** A lowered graph in ONNX Runtime: made once, run with plain arrays. */
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { HomespunError } from '../../errors.ts'
import { elementCount } from '../graph.ts'
import type { OnnxInput, OnnxProgram } from './lower.ts'
import { REQUESTED } from './on-request.ts'
import type { StoredTensor } from './stored-tensor.ts'
import { BLOCKS } from './writer.ts'

type TensorData =
  | { type: 'float32'; data: Float32Array }
  | { type: 'float16'; data: Uint16Array }
  | { type: 'int32'; data: Int32Array }
  | { type: 'int64'; data: BigInt64Array }
  | { type: 'bool'; data: Uint8Array }

/** What is used of the package onnxruntime-web, whichever of its builds it is. */
export interface OnnxRuntime {
  InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> }
  Tensor: new (type: TensorData['type'], data: TensorData['data'], dims: readonly number[]) => Tensor
}

/** Numbers of each input by name, row-major; the count of rows follows from their length. */
export type Feeds = Readonly<Record<string, Float32Array | Uint32Array>>

export interface MaskFeed {
  readonly data: Float32Array
  readonly shape: readonly [rows: number, columns: number]
}

export interface RunOptions {
  masks?: Readonly<Record<string, MaskFeed>>
  /** Into how many equal blocks the rows divide, where the program was lowered for blocks. */
  blocks?: number
  /** Whether to give the outputs that are given on request; they are empty otherwise. */
  requested?: boolean
}

export interface SessionSettings {
  /**
   * Weights are laid out anew for the product when the session is made: a third less time where rows are few, as in
   * decoding; none where they are many, and memory for both layouts while it is done.
   */
  packed?: boolean
}

/** Weights are kept once: not also in the block that memory patterns make of them all. */
const optionsOf = ({ packed = false }: SessionSettings): InferenceSession.SessionOptions => ({
  executionProviders: ['wasm'],
  graphOptimizationLevel: 'all',
  enableMemPattern: false,
  extra: { session: { disable_prepacking: packed ? '0' : '1' } },
})

const KEPT: MaskFeed = { data: Float32Array.of(1), shape: [1, 1] }

export class OnnxSession {
  readonly #runtime: OnnxRuntime
  readonly #program: OnnxProgram
  readonly #session: InferenceSession

  private constructor(runtime: OnnxRuntime, program: OnnxProgram, session: InferenceSession) {
    this.#runtime = runtime
    this.#program = program
    this.#session = session
  }

  /** `contents` gives the numbers of each stored tensor. Throws HomespunError 'onnx-session' where ONNX Runtime refuses or memory runs out. */
  static async create(runtime: OnnxRuntime, program: OnnxProgram, contents: (tensor: StoredTensor) => ArrayBufferView, settings: SessionSettings = {}): Promise<OnnxSession> {
    const externalData = program.weights.map((tensor) => {
      const { buffer, byteOffset, byteLength } = contents(tensor)
      return { path: tensor.name, data: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) }
    })
    try {
      return new OnnxSession(runtime, program, await runtime.InferenceSession.create(program.model, { ...optionsOf(settings), externalData }))
    } catch (cause) {
      throw sessionError(cause)
    }
  }

  /** Outputs by name. A mask of dropout that is not fed keeps everything. Throws HomespunError 'onnx-run'. */
  async run(feeds: Feeds, options: RunOptions = {}): Promise<Record<string, Float32Array>> {
    const { masks = {}, blocks = 1, requested = false } = options
    const tensors: Record<string, Tensor> = {}
    for (const [name, input] of this.#program.inputs) tensors[name] = this.#tensor(name, input, feeds[name])
    for (const name of this.#program.masks.keys()) {
      const { data, shape } = masks[name] ?? KEPT
      tensors[name] = new this.#runtime.Tensor('float32', data, shape)
    }
    if (this.#program.inBlocks) tensors[BLOCKS] = new this.#runtime.Tensor('int64', BigInt64Array.of(BigInt(blocks)), [1])
    if (this.#program.onRequest) tensors[REQUESTED] = new this.#runtime.Tensor('bool', Uint8Array.of(Number(requested)), [])
    try {
      const results = await this.#session.run(tensors)
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]))
    } catch (cause) {
      throw runError(cause)
    }
  }

  /** The dropout masks it takes. */
  get masks(): OnnxProgram['masks'] {
    return this.#program.masks
  }

  destroy(): void {
    void this.#session.release()
  }

  #tensor(name: string, { dtype, rows, rowShape }: OnnxInput, data: Feeds[string] | undefined): Tensor {
    if (!data) throw new HomespunError('onnx-run', 'An input of the graph was not given.', { where: name })
    const rowSize = elementCount(rowShape)
    const dims = [rowSize ? data.length / rowSize : rows, ...rowShape]
    if (dtype === 'f32') return new this.#runtime.Tensor('float32', data as Float32Array, dims)
    return new this.#runtime.Tensor('int32', new Int32Array(data.buffer, data.byteOffset, data.length), dims)
  }
}

const outOfMemory = (cause: unknown) => /bad_alloc|out of memory|memory access out of bounds|Array buffer allocation/i.test(String(cause))

/** What a session that could not be made is told as. */
export function sessionError(cause: unknown): HomespunError {
  if (outOfMemory(cause)) {
    return new HomespunError('wasm-out-of-memory', 'The model does not fit into the memory that WebAssembly has (4 GB at most).', {
      fix: 'Choose a smaller model.', cause,
    })
  }
  return new HomespunError('onnx-session', 'ONNX Runtime could not prepare the model.', { where: String(cause).split('\n')[0] ?? '', cause })
}

/** The same of a run. */
export function runError(cause: unknown): HomespunError {
  if (outOfMemory(cause)) {
    return new HomespunError('wasm-out-of-memory', 'A step needs more memory than WebAssembly has (4 GB at most).', {
      fix: 'Lower the batch size or the longest example.', cause,
    })
  }
  return new HomespunError('onnx-run', 'ONNX Runtime failed in a run.', { where: String(cause).split('\n')[0] ?? '', cause })
}
