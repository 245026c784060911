/** Reads back what `writeGguf` wrote, bounds and all: an export is looked at as a reader sees it before it is handed over. */
import { HomespunError } from '../../../errors.ts'
import { ALIGNMENT, MAGIC, TENSOR_TYPE, VALUE_TYPE, VERSION } from './write.ts'

export interface GgufFile {
  readonly values: ReadonlyMap<string, string | number>
  /** Shapes with the slowest dimension first; `bytes` begin at an aligned address of the file. */
  readonly tensors: ReadonlyMap<string, { shape: number[]; type: keyof typeof TENSOR_TYPE; bytes: Uint8Array<ArrayBuffer> }>
}

/** Throws 'gguf-invalid' with what is wrong. Reads the kinds of values and tensors that adapters here are written with. */
export function readGguf(file: Uint8Array<ArrayBuffer>): GgufFile {
  try {
    return read(file)
  } catch (cause) {
    throw new HomespunError('gguf-invalid', 'This is no GGUF file as adapters are written.', {
      where: String((cause as Error).message),
      cause,
    })
  }
}

class Cursor {
  readonly #view: DataView
  at = 0

  constructor(file: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(file.buffer, file.byteOffset, file.length)
  }

  uint32 = () => this.#view.getUint32(this.#pass(4), true)
  float32 = () => this.#view.getFloat32(this.#pass(4), true)
  uint64 = () => Number(this.#view.getBigUint64(this.#pass(8), true))

  text = () => {
    const length = this.uint64()
    const begin = this.#pass(length)
    return new TextDecoder('utf-8', { fatal: true }).decode(
      new Uint8Array(this.#view.buffer, this.#view.byteOffset + begin, length),
    )
  }

  #pass(bytes: number): number {
    const begin = this.at
    this.at += bytes
    return begin
  }
}

function read(file: Uint8Array<ArrayBuffer>): GgufFile {
  const cursor = new Cursor(file)
  if (cursor.uint32() !== MAGIC || cursor.uint32() !== VERSION) throw new RangeError('its first bytes')
  const [tensorCount, valueCount] = [cursor.uint64(), cursor.uint64()]
  const values = new Map(Array.from({ length: valueCount }, () => [cursor.text(), readValue(cursor)] as const))
  const heads = Array.from({ length: tensorCount }, () => readHead(cursor))
  const data = Math.ceil(cursor.at / ALIGNMENT) * ALIGNMENT
  const tensors = heads.map(({ name, shape, type, offset }) => {
    const length = shape.reduce((product, size) => product * size, type === 'f32' ? 4 : 2)
    if (offset % ALIGNMENT !== 0 || data + offset + length > file.length) throw new RangeError(`the place of ${name}`)
    return [name, { shape, type, bytes: file.subarray(data + offset, data + offset + length) }] as const
  })
  return { values, tensors: new Map(tensors) }
}

function readValue(cursor: Cursor): string | number {
  const type = cursor.uint32()
  if (type === VALUE_TYPE.string) return cursor.text()
  if (type === VALUE_TYPE.uint32) return cursor.uint32()
  if (type === VALUE_TYPE.float32) return cursor.float32()
  throw new RangeError(`a value of type ${type}`)
}

function readHead(cursor: Cursor) {
  const name = cursor.text()
  const shape = Array.from({ length: cursor.uint32() }, cursor.uint64).reverse()
  const number = cursor.uint32()
  const type = (['f32', 'f16'] as const).find((known) => TENSOR_TYPE[known] === number)
  if (!type) throw new RangeError(`the type of ${name}`)
  return { name, shape, type, offset: cursor.uint64() }
}
