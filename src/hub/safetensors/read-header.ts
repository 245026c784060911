/**
 * Our own strict reader of safetensors headers (https://huggingface.co/docs/safetensors: 8 bytes of header length,
 * JSON header, data). Every number is checked against the file before anything is made from it.
 */
import { HomespunError } from '../../errors.ts'
import type { ByteSource, TensorLocation } from '../types.ts'
import { dtypeBytes, dtypeOrder, elementCount, isCount, isDtype } from './dtypes.ts'
import { parseHeaderJson, shownName } from './header-json.ts'

/** The reference implementation's own limit. */
const maxHeaderBytes = 100_000_000
const lengthBytes = 8
const again = 'Download or copy the file again: it is damaged or not complete.'

export interface SafetensorsHeader {
  /** In the order of their bytes in the file. */
  tensors: TensorLocation[]
  metadata: ReadonlyMap<string, string>
  /** The header as it stands in the file, without its length: what a model's identity is made of. */
  headerBytes: Uint8Array<ArrayBuffer>
}

/**
 * Reads and checks the header of a safetensors file; the data is located, not read.
 * Throws HomespunError 'safetensors-…' that names the file and the tensor, and 'file-unreadable'.
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const headerBytes = await readHeaderBytes(source)
  const root = parseHeaderJson(decodeUtf8(headerBytes, source.name), source.name)
  const dataBegin = lengthBytes + headerBytes.length
  const tensors: TensorLocation[] = []
  let metadata: ReadonlyMap<string, string> = new Map()
  for (const [name, value] of Object.entries(root)) {
    if (name === '__metadata__') metadata = checkMetadata(value, source.name)
    else tensors.push(checkTensor(name, value, source, dataBegin))
  }
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end)
  checkCoverage(tensors, source, dataBegin)
  return { tensors, metadata, headerBytes }
}

async function readHeaderBytes(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  if (source.size < lengthBytes) {
    const what = `The file of weights has only ${source.size} bytes.`
    throw new HomespunError('safetensors-too-short', what, { where: source.name, fix: again })
  }
  const start = await source.read(0, lengthBytes)
  const length = new DataView(start.buffer, start.byteOffset, lengthBytes).getBigUint64(0, true)
  if (length > maxHeaderBytes) throw headerTooLong(start, source.name)
  const end = lengthBytes + Number(length)
  if (end > source.size) {
    const what = `The header of the weights should be ${length} bytes long, but the file ends before that.`
    throw new HomespunError('safetensors-truncated-header', what, { where: source.name, fix: again })
  }
  return source.read(lengthBytes, end)
}

function headerTooLong(start: Uint8Array, file: string): HomespunError {
  // A clone without Git LFS leaves small text files in the place of weights: by far the commonest cause.
  const isPointer = String.fromCharCode(...start) === 'version '
  const fix = isPointer
    ? 'It looks like a Git LFS pointer: run "git lfs pull" in the folder to fetch the weights themselves.'
    : 'This is probably not a safetensors file, or its beginning is damaged.'
  const what = 'The file says that its header is longer than 100 MB, which no file of weights has.'
  return new HomespunError('safetensors-header-too-long', what, { where: file, fix })
}

function decodeUtf8(bytes: Uint8Array<ArrayBuffer>, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    const what = 'The header of the weights is not UTF-8 text.'
    throw new HomespunError('safetensors-not-utf8', what, { where: file, fix: again, cause })
  }
}

function checkMetadata(value: unknown, file: string): ReadonlyMap<string, string> {
  const refuse = () =>
    new HomespunError('safetensors-bad-metadata', 'The metadata of the weights has to be text by name, and is not.', {
      where: file,
    })
  if (!isObject(value)) throw refuse()
  const metadata = new Map<string, string>()
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw refuse()
    metadata.set(key, text)
  }
  return metadata
}

function checkTensor(name: string, value: unknown, source: ByteSource, dataBegin: number): TensorLocation {
  const refuse = (code: string, what: string, fix?: string) =>
    new HomespunError(code, what, { where: `${source.name}, tensor "${shownName(name)}"`, ...(fix && { fix }) })
  if (!isObject(value)) throw refuse('safetensors-missing-field', 'A tensor is not described by an object.')
  for (const field of ['dtype', 'shape', 'data_offsets']) {
    if (!Object.hasOwn(value, field)) throw refuse('safetensors-missing-field', `A tensor has no "${field}".`)
  }
  const { dtype, shape, data_offsets: offsets } = value
  if (!isDtype(dtype)) {
    const shown = typeof dtype === 'string' ? `"${shownName(dtype)}"` : 'not a name'
    const fix = `Readable are ${dtypeOrder.join(', ')}: bring the model saved in one of these.`
    throw refuse('safetensors-unknown-dtype', `The element type of a tensor is ${shown}.`, fix)
  }
  const elements = Array.isArray(shape) ? elementCount(shape) : undefined
  const bytes = elements === undefined ? undefined : elements * dtypeBytes[dtype]
  if (!isCount(bytes)) {
    throw refuse('safetensors-bad-shape', 'The shape of a tensor is not a list of whole numbers of a possible size.')
  }
  const [begin, end, ...more] = Array.isArray(offsets) ? (offsets as unknown[]) : []
  if (!isCount(begin) || !isCount(end) || begin > end || more.length > 0) {
    throw refuse('safetensors-bad-offsets', 'The place of a tensor is not two whole numbers, begin and end, in order.')
  }
  if (end - begin !== bytes) {
    throw refuse('safetensors-size-mismatch', `The shape of a tensor needs ${bytes} bytes, but it has ${end - begin}.`)
  }
  return { name, dtype, shape: shape as number[], source, begin: dataBegin + begin, end: dataBegin + end }
}

/** The tensors, sorted by their bytes, must cover the data from its first byte to the file's last, once each. */
function checkCoverage(tensors: readonly TensorLocation[], source: ByteSource, dataBegin: number): void {
  let covered = dataBegin
  for (const tensor of tensors) {
    const where = `${source.name}, tensor "${shownName(tensor.name)}"`
    if (tensor.begin < covered) {
      throw new HomespunError('safetensors-overlap', 'A tensor overlaps the one before it.', { where })
    }
    if (tensor.begin > covered) {
      const what = `There are ${tensor.begin - covered} bytes before a tensor that belong to none.`
      throw new HomespunError('safetensors-hole', what, { where })
    }
    if (tensor.end > source.size) {
      const what = 'The file of weights ends before this tensor does.'
      throw new HomespunError('safetensors-truncated-data', what, { where, fix: again })
    }
    covered = tensor.end
  }
  if (covered !== source.size) {
    const what = `There are ${source.size - covered} bytes after the last tensor that belong to none.`
    throw new HomespunError('safetensors-trailing-bytes', what, { where: source.name, fix: again })
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
