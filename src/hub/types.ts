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
  /** config.json as it stands: JSON here has no 1.0, and some readers refuse 1 in its place. */
  configText: string
  generationConfig: Record<string, unknown> | undefined
  tokenizerJson: Record<string, unknown>
  tokenizerConfig: Record<string, unknown>
  tensors: ReadonlyMap<string, TensorLocation>
  /** SHA-256 over config and weight headers, hex: the identity of the base. */
  hash: string
  /** Bytes of all weights on disk. */
  weightBytes: number
}

/** What a file must hash to: SHA-256 of large files, and for small ones SHA-1 as git takes it of a blob. */
export interface FileHash {
  algorithm: 'sha256' | 'git-sha1'
  /** Lower case. */
  hex: string
}

export interface HubFile {
  path: string
  size: number
  hash: FileHash
}

/** A model on a hub, pinned to a commit: what would be downloaded of it. Plain data, also as it is kept. */
export interface HubModel {
  /** Base address without a slash at its end: "https://huggingface.co". */
  hub: string
  /** "owner/name". */
  repo: string
  /** What was asked for: "main", a tag, a commit. */
  revision: string
  /** 40 hex digits. */
  commit: string
  /** The licence's name as the model card has it: "apache-2.0". */
  licence: string | undefined
  files: HubFile[]
}

/** What a model is, as its hub tells it before anything is downloaded. */
export interface HubDescription {
  model: HubModel
  /** Its conditions have to be agreed to first. */
  gated: boolean
  languages: string[]
  /** config.json; undefined where it is kept back until a token is given. */
  config: Record<string, unknown> | undefined
}

/** A model as a search finds it: what can be said of it without looking it up. */
export interface FoundModel {
  repo: string
  /** `model_type` of its config; unknown for models without one. */
  family: string | undefined
  parameters: number | undefined
  gated: boolean
  licence: string | undefined
  downloads: number
}

export interface DownloadProgress {
  /** 'checking': bytes of an earlier visit are read and hashed before more are fetched. */
  phase: 'checking' | 'downloading'
  bytes: number
  totalBytes: number
  /** Unknown until enough has come to tell. */
  bytesPerSecond: number | undefined
  secondsLeft: number | undefined
}

/** A model in the cache, whole or in part. */
export interface CachedModel {
  id: string
  model: HubModel
  /** Bytes that are there, of `totalBytes`. */
  bytes: number
  totalBytes: number
  complete: boolean
}
