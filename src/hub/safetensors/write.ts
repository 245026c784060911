/**
 * A deterministic writer of safetensors: the same tensors give the same bytes in whichever order they come,
 * and they are the bytes that Hugging Face's safetensors writes (with at most one metadata entry; more have no fixed
 * order there, here they are sorted).
 */
import { HomespunError } from '../../errors.ts'
import type { SafetensorsDtype } from '../types.ts'
import { dtypeBytes, dtypeOrder, elementCount } from './dtypes.ts'
import { shownName } from './header-json.ts'

/** Half a surrogate pair, which UTF-8 cannot hold: with the u flag the halves of a whole pair do not match. */
const loneSurrogate = /\p{Cs}/u

/** A tensor without its numbers. */
export interface TensorHead {
  name: string
  dtype: SafetensorsDtype
  shape: readonly number[]
}

export interface TensorToWrite extends TensorHead {
  /** Little-endian elements, row-major. */
  data: Uint8Array
}

/** The file as bytes. Throws 'safetensors-unwritable' for a name or a shape that the format cannot hold. */
export function writeSafetensors(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const { name, dtype, shape, data } of tensors) {
    if (tensorBytes({ name, dtype, shape }) === data.length) continue
    throw unwritable(name, `A tensor of ${data.length} bytes of ${dtype} does not have the shape [${shape.join(', ')}].`)
  }
  const { begin, ordered, bytes } = beginSafetensors(tensors, metadata)
  const file = new Uint8Array(bytes)
  file.set(begin)
  let at = begin.length
  for (const { data } of ordered) {
    file.set(data, at)
    at += data.length
  }
  return file
}

/** Of a tensor in a file. Throws 'safetensors-unwritable' for a shape that the format cannot hold. */
function tensorBytes({ name, dtype, shape }: TensorHead): number {
  const elements = elementCount(shape)
  if (elements === undefined) throw unwritable(name, `A tensor cannot have the shape [${shape.join(', ')}].`)
  return elements * dtypeBytes[dtype]
}

/**
 * How a file of these tensors begins, the order in which their numbers follow, and how long it is: for files that are written
 * tensor by tensor. Throws 'safetensors-unwritable'.
 */
export function beginSafetensors<T extends TensorHead>(
  tensors: readonly T[],
  metadata: Readonly<Record<string, string>> = {},
): { begin: Uint8Array<ArrayBuffer>; ordered: T[]; bytes: number } {
  const ordered = [...tensors].sort(byDtypeThenName)
  checkNames(ordered)
  checkMetadata(metadata)
  const header = new TextEncoder().encode(headerText(ordered, metadata))
  const headerLength = Math.ceil(header.length / 8) * 8
  const begin = new Uint8Array(8 + headerLength).fill(0x20, 8)
  new DataView(begin.buffer).setBigUint64(0, BigInt(headerLength), true)
  begin.set(header, 8)
  return { begin, ordered, bytes: ordered.reduce((sum, tensor) => sum + tensorBytes(tensor), begin.length) }
}

/** Text and not JSON.stringify of an object, which would move names like "12" to the front. */
function headerText(tensors: readonly TensorHead[], metadata: Readonly<Record<string, string>>): string {
  const entries: string[] = []
  const keys = Object.keys(metadata).sort(compareText)
  if (keys.length > 0) {
    const pairs = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`)
    entries.push(`"__metadata__":{${pairs.join(',')}}`)
  }
  let begin = 0
  for (const tensor of tensors) {
    const { name, dtype, shape } = tensor
    const end = begin + tensorBytes(tensor)
    entries.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${begin},${end}]}`)
    begin = end
  }
  return `{${entries.join(',')}}`
}

function checkNames(tensors: readonly TensorHead[]): void {
  const names = new Set<string>()
  for (const { name } of tensors) {
    if (name === '__metadata__' || name === '__proto__' || loneSurrogate.test(name)) {
      throw unwritable(name, 'A tensor cannot have this name.')
    }
    if (names.has(name)) throw unwritable(name, 'Two tensors have the same name.')
    names.add(name)
  }
}

const unwritable = (name: string, what: string) =>
  new HomespunError('safetensors-unwritable', what, { where: `tensor "${shownName(name)}"` })

function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (key === '__proto__' || loneSurrogate.test(key) || loneSurrogate.test(value)) {
      const where = `metadata "${shownName(key)}"`
      throw new HomespunError('safetensors-unwritable', 'This metadata cannot be written as text.', { where })
    }
  }
}

/** Largest alignment first, so that each tensor's data is aligned; then by name. */
function byDtypeThenName(a: TensorHead, b: TensorHead): number {
  return dtypeOrder.indexOf(b.dtype) - dtypeOrder.indexOf(a.dtype) || compareText(a.name, b.name)
}

/** By code points, as bytes of UTF-8 compare; JavaScript's own order is by UTF-16 units, which differs beyond U+FFFF. */
function compareText(a: string, b: string): number {
  const left = [...a]
  const right = [...b]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
