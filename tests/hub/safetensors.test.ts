/** Reading right: values, chunks, and files as Python's safetensors writes them, byte by byte. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memorySource } from '../../src/hub/byte-source.ts'
import { decodeToFloat32 } from '../../src/hub/safetensors/decode.ts'
import { readSafetensorsHeader } from '../../src/hub/safetensors/read-header.ts'
import { readTensor, readTensorAsFloat32, streamTensor } from '../../src/hub/safetensors/read-tensor.ts'
import { writeSafetensors, type TensorToWrite } from '../../src/hub/safetensors/write.ts'
import type { SafetensorsDtype, TensorLocation } from '../../src/hub/types.ts'
import { buildFile, entry, readBytes, watchedSource } from './build-file.ts'

const goldens = new URL('../fixtures/goldens/', import.meta.url)
const bytesOf = (array: ArrayBufferView<ArrayBuffer>) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/** The value of an IEEE 754 half, from the standard's definition. */
function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = half & 0x3ff
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

describe('decoding to float32', () => {
  const everyHalf = Uint16Array.from({ length: 65536 }, (_, i) => i)

  it('gives every F16 its exact value, signed zeros and NaN among them', () => {
    const values = decodeToFloat32(bytesOf(everyHalf), 'F16')
    const wrong = [...everyHalf].filter((half) => !Object.is(values[half], halfValue(half)))
    expect(wrong).toEqual([])
  })

  it('gives every BF16 the upper half of its float32', () => {
    const bits = new Uint32Array(decodeToFloat32(bytesOf(everyHalf), 'BF16').buffer)
    expect([...everyHalf].filter((half) => bits[half] !== (half << 16) >>> 0)).toEqual([])
  })

  it('keeps F32 bits, NaN payloads too, and rounds F64 to nearest', () => {
    const bits = new Uint32Array([0x7fc00001, 0xff800001, 0x80000000, 1])
    expect(new Uint32Array(decodeToFloat32(bytesOf(bits), 'F32').buffer)).toEqual(bits)
    expect([...decodeToFloat32(bytesOf(new Float64Array([0.1, -1e300, 2 ** -149])), 'F64')]).toEqual([
      Math.fround(0.1),
      -Infinity,
      2 ** -149,
    ])
  })

  it('gives a copy, so that changing the values leaves the bytes alone', () => {
    const bytes = new Uint8Array(4)
    decodeToFloat32(bytes, 'F32')[0] = 1
    expect([...bytes]).toEqual([0, 0, 0, 0])
  })

  it('refuses whole numbers and torn elements', () => {
    for (const dtype of ['I8', 'U8', 'I64', 'BOOL'] as const) {
      expect(() => decodeToFloat32(new Uint8Array(8), dtype)).toThrow(expect.objectContaining({ code: 'dtype-not-float' }))
    }
    expect(() => decodeToFloat32(new Uint8Array(3), 'BF16')).toThrow(expect.objectContaining({ code: 'tensor-bytes-uneven' }))
  })
})

describe('streaming a tensor', () => {
  async function chunks(location: TensorLocation, chunkBytes?: number): Promise<Uint8Array[]> {
    const found: Uint8Array[] = []
    for await (const chunk of streamTensor(location, chunkBytes)) found.push(chunk)
    return found
  }

  it.each([8, 12, 16, 24, 96, 100, 1])('gives the same bytes in order with chunks of %i', async (chunkBytes) => {
    const { tensors } = await readBytes(buildFile({ a: entry(0, 4), w: entry(4, 100) }, 100))
    const found = await chunks(tensors[1]!, chunkBytes)
    expect(found.flatMap((chunk) => [...chunk])).toEqual([...(await readTensor(tensors[1]!))])
    expect(found.slice(0, -1).every((chunk) => chunk.length % 8 === 0)).toBe(true)
    expect(Math.max(...found.map((chunk) => chunk.length))).toBeLessThanOrEqual(Math.max(8, chunkBytes))
  })

  it('reads a chunk only when it is asked for, and nothing for an empty tensor', async () => {
    const source = watchedSource(buildFile({ none: entry(0, 0), w: entry(0, 96) }, 96))
    const { tensors } = await readSafetensorsHeader(source)
    source.reads.length = 0
    expect(await chunks(tensors[0]!)).toEqual([])
    const stream = streamTensor(tensors[1]!, 32)
    expect(source.reads).toHaveLength(0)
    await stream.next()
    await stream.return()
    expect(source.reads).toHaveLength(1)
  })
})

describe('writing', () => {
  /** Reads a file and writes what was read. */
  async function rewrite(file: Uint8Array, reorder = (tensors: TensorToWrite[]) => tensors): Promise<Uint8Array> {
    const { tensors, metadata } = await readBytes(file)
    const read = await Promise.all(
      tensors.map(async ({ name, dtype, shape, ...location }) => {
        return { name, dtype, shape, data: await readTensor({ name, dtype, shape, ...location }) }
      }),
    )
    return writeSafetensors(reorder(read), Object.fromEntries(metadata))
  }

  it.each([
    'llama-tied/model.safetensors',
    'llama-tied/init/adapter_model.safetensors',
    'llama3-scaled/model.safetensors',
    'llama3-scaled/trained/adapter_model.safetensors',
    'llama-tied/expected.safetensors',
  ])('gives the bytes that Python wrote: %s', async (path) => {
    const file = new Uint8Array(readFileSync(new URL(path, goldens)))
    expect(Buffer.compare(await rewrite(file), file)).toBe(0)
    expect(Buffer.compare(await rewrite(file, (tensors) => tensors.reverse()), file)).toBe(0)
  })

  it('orders types and names as safetensors 0.8 for Python does, and pads the header to 8 bytes', () => {
    const one = (name: string, dtype: SafetensorsDtype, bytes: number) => ({
      name,
      dtype,
      shape: [1],
      data: new Uint8Array(bytes),
    })
    const file = writeSafetensors([
      one('b', 'F32', 4),
      one('i8', 'I8', 1),
      one('a', 'U8', 1),
      one('z', 'I64', 8),
      one('c', 'F64', 8),
      one('h', 'F16', 2),
      one('i', 'I32', 4),
      one('bo', 'BOOL', 1),
      one('u16', 'U16', 2),
      one('i16', 'I16', 2),
      one('u64', 'U64', 8),
      one('u32', 'U32', 4),
      one('bf', 'BF16', 2),
      one('2', 'F32', 4),
      one('\u{1f600}', 'F32', 4),
      one('\uff5e', 'F32', 4),
    ])
    const length = Number(new DataView(file.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    const header = new TextDecoder().decode(file.subarray(8, 8 + length))
    const order = [...header.matchAll(/"([^"]+)":\{"dtype"/g)].map((match) => match[1])
    // As printed by safetensors.numpy.save and safetensors.torch.save for these tensors.
    expect(order).toEqual([
      'u64',
      'z',
      'c',
      '2',
      'b',
      '\uff5e',
      '\u{1f600}',
      'u32',
      'i',
      'bf',
      'h',
      'u16',
      'i16',
      'i8',
      'a',
      'bo',
    ])
  })

  it('refuses what the format cannot hold', () => {
    const tensor = { name: 'w', dtype: 'F32', shape: [1], data: new Uint8Array(4) } as const
    const refused = expect.objectContaining({ code: 'safetensors-unwritable' }) as Error
    expect(() => writeSafetensors([tensor, tensor])).toThrow(refused)
    for (const name of ['__metadata__', '__proto__', '\ud800']) {
      expect(() => writeSafetensors([{ ...tensor, name }])).toThrow(refused)
    }
    for (const shape of [[2], [-1], [0.5], [1, 0]]) expect(() => writeSafetensors([{ ...tensor, shape }])).toThrow(refused)
    for (const text of ['\ud800', '\udc00x']) expect(() => writeSafetensors([tensor], { note: text })).toThrow(refused)
    expect(() => writeSafetensors([tensor], JSON.parse('{"__proto__":"x"}') as Record<string, string>)).toThrow(refused)
  })

  const name = fc
    .string({ unit: 'binary' })
    .filter((text) => !/\p{Cs}/u.test(text) && text !== '__metadata__' && text !== '__proto__')
  const tensor = fc
    .record({ name, dtype: fc.constantFrom('F32', 'BF16', 'U8', 'I64'), shape: fc.array(fc.nat(3), { maxLength: 3 }) })
    .map(({ name, dtype, shape }): TensorToWrite => {
      const size = { F32: 4, BF16: 2, U8: 1, I64: 8 }[dtype] ?? 0
      const length = shape.reduce((product, n) => product * n, size)
      return { name, dtype, shape, data: Uint8Array.from({ length }, (_, i) => i * 37) }
    })

  it('reads back whatever it wrote, and writes it again to the byte', async () => {
    const tensors = fc.uniqueArray(tensor, { selector: (t) => t.name, maxLength: 8 })
    const metadata = fc.dictionary(name, fc.string({ unit: 'grapheme' }), { maxKeys: 3, noNullPrototype: true })
    await fc.assert(
      fc.asyncProperty(tensors, metadata, async (tensors, metadata) => {
        const file = writeSafetensors(tensors, metadata)
        const read = await readBytes(file)
        expect(new Set(read.tensors.map((t) => t.name))).toEqual(new Set(tensors.map((t) => t.name)))
        expect(new Map(read.metadata)).toEqual(new Map(Object.entries(metadata)))
        expect(Buffer.compare(await rewrite(file), file)).toBe(0)
      }),
    )
  })
})

it('reads a golden model tensor by tensor as PyTorch stored it', async () => {
  const file = readFileSync(new URL('llama-tied/model.safetensors', goldens))
  const { tensors } = await readSafetensorsHeader(memorySource('model.safetensors', file))
  const norm = await readTensorAsFloat32(tensors.find((t) => t.name === 'model.norm.weight')!)
  // The weights of a norm lie around 1 with a spread of 0.1 (make.py): read at a wrong place they would not.
  expect(norm).toHaveLength(48)
  expect(Math.abs(norm.reduce((sum, value) => sum + value, 0) / 48 - 1)).toBeLessThan(0.05)
})
