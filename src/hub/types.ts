/** Files by name and range, wherever they lie: a dropped folder, a disk, a cache. */

export interface ByteSource {
  readonly name: string
  readonly size: number
  /** Bytes [begin, end). Throws HomespunError 'file-unreadable' where the file has gone or is shorter. */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>
}

export type SafetensorsDtype =
  'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U64' | 'U32' | 'U16' | 'U8' | 'BOOL'

/** A tensor in a safetensors file: absolute byte range in `source`. */
export interface TensorLocation {
  name: string
  dtype: SafetensorsDtype
  shape: number[]
  source: ByteSource
  begin: number
  end: number
}

/** A model folder in Hugging Face layout, opened: small files parsed, weights located but not read. */
export interface ModelFolder {
  name: string
  config: Record<string, unknown>
  generationConfig: Record<string, unknown> | undefined
  tokenizerJson: Record<string, unknown>
  tokenizerConfig: Record<string, unknown>
  tensors: ReadonlyMap<string, TensorLocation>
  /** SHA-256 over config and weight headers, hex: the identity of the base. */
  hash: string
  /** Bytes of all weights on disk. */
  weightBytes: number
}
