/** Every broken safetensors file of the list of faults is refused with its own typed error; sound odd ones are read. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import { memorySource } from '../../src/hub/byte-source.ts'
import { readSafetensorsHeader } from '../../src/hub/safetensors/read-header.ts'
import { readTensor, readTensorAsFloat32 } from '../../src/hub/safetensors/read-tensor.ts'
import { writeSafetensors } from '../../src/hub/safetensors/write.ts'
import { buildFile, entry, readBytes, watchedSource } from './build-file.ts'

/** The error must have the code, name the file (and the tensor), and be of the project's type. */
async function refused(file: Uint8Array, code: string, tensor?: string): Promise<void> {
  const error: unknown = await readBytes(file).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HomespunError)
  expect(error).toMatchObject({ code, where: expect.stringContaining('model.safetensors') as string })
  if (tensor !== undefined) expect((error as HomespunError).message).toContain(`"${tensor}"`)
}

const text = (value: string) => new TextEncoder().encode(value)

describe('the length and text of the header', () => {
  it('F01 refuses 0 and 7 bytes', async () => {
    await refused(new Uint8Array(0), 'safetensors-too-short')
    await refused(new Uint8Array(7), 'safetensors-too-short')
  })

  it('F02 refuses a header longer than the file', async () => {
    await refused(buildFile('{}', 0, 3n), 'safetensors-truncated-header')
    await refused(buildFile('{}', 0, 100_000_000n), 'safetensors-truncated-header')
  })

  it.each([2n ** 63n, 2n ** 64n - 1n, 100_000_001n])('F03 refuses the header length %s before reading it', async (length) => {
    const source = watchedSource(buildFile('{}', 0, length), 2 ** 52)
    await expect(readSafetensorsHeader(source)).rejects.toMatchObject({ code: 'safetensors-header-too-long' })
    expect(source.reads).toEqual([[0, 8]])
  })

  it('F03 says what a Git LFS pointer is', async () => {
    const pointer = text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n')
    await expect(readBytes(pointer)).rejects.toThrow(/git lfs pull/)
  })

  it('F04 refuses a header cut short at every place', async () => {
    const whole = buildFile({ w: entry(0, 8) }, 8)
    const headerEnd = whole.length - 8
    for (let end = 8; end < headerEnd; end++) await refused(whole.slice(0, end), 'safetensors-truncated-header')
  })

  it('F04 refuses a header whose length cuts its JSON', async () => {
    const header = JSON.stringify({ w: entry(0, 8) })
    await refused(buildFile(header, 8, BigInt(header.length - 1)), 'safetensors-not-json')
  })

  it('F05 refuses bytes that are not UTF-8, also inside a name', async () => {
    await refused(buildFile(new Uint8Array([0x7b, 0xff, 0x7d])), 'safetensors-not-utf8')
    const named = text(JSON.stringify({ 'w?': entry(0, 4) }))
    named[named.indexOf(0x3f)] = 0xc3
    await refused(buildFile(named, 4), 'safetensors-not-utf8')
    await refused(buildFile(text('\ufeff{}')), 'safetensors-not-json')
  })

  it('F05 refuses a name with half a surrogate pair, which UTF-8 cannot hold', async () => {
    await refused(buildFile('{"w\\ud800":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4), 'safetensors-not-utf8')
  })

  it.each(['', '{', 'weights', "{'w': 1}", '{"w":1,}', '{}{}', '{"w', '\0\0', '{"a":"\\"'])(
    'F06 refuses %j, which is no JSON',
    (header) => refused(buildFile(header), 'safetensors-not-json'),
  )

  it.each(['[]', '17', 'null', '"text"', 'true', ' {}', '[{"w":1}]'])('F06 refuses the root %j', (header) =>
    refused(buildFile(header), 'safetensors-not-object'),
  )

  it('F06 refuses deep nesting without overflowing the stack', async () => {
    const deep = `{"w":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    await refused(buildFile(deep), 'safetensors-not-json')
  })
})

describe('the places of the data', () => {
  it('F07 refuses overlapping offsets', async () => {
    await refused(buildFile({ a: entry(0, 8), b: entry(4, 12) }, 12), 'safetensors-overlap', 'b')
    await refused(buildFile({ a: entry(0, 8), b: entry(0, 8) }, 8), 'safetensors-overlap', 'b')
  })

  it('F08 refuses a hole, between tensors and before the first', async () => {
    await refused(buildFile({ a: entry(0, 4), b: entry(8, 12) }, 12), 'safetensors-hole', 'b')
    await refused(buildFile({ a: entry(4, 8) }, 8), 'safetensors-hole', 'a')
  })

  it('F09 refuses trailing bytes', async () => {
    await refused(buildFile({ a: entry(0, 4) }, 5), 'safetensors-trailing-bytes')
    await refused(buildFile({}, 1), 'safetensors-trailing-bytes')
  })

  it('F10 refuses truncated data at every place', async () => {
    const whole = buildFile({ a: entry(0, 4), b: entry(4, 12) }, 12)
    for (let missing = 1; missing <= 12; missing++) {
      await refused(whole.slice(0, whole.length - missing), 'safetensors-truncated-data', missing > 8 ? 'a' : 'b')
    }
  })

  it.each([
    [[4, 0]],
    [[-4, 0]],
    [[0, 4.5]],
    [[0.5, 4.5]],
    [[0]],
    [[0, 4, 8]],
    [['0', '4']],
    ['0,4'],
    [null],
    [[0, 1e300]],
    [[-0.1, 4]],
  ])('F11 refuses the offsets %j', (offsets) =>
    refused(buildFile({ w: { dtype: 'F32', shape: [1], data_offsets: offsets } }, 4), 'safetensors-bad-offsets', 'w'),
  )

  it('F11 refuses a negative zero', async () => {
    await refused(buildFile('{"w":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}', 4), 'safetensors-bad-offsets', 'w')
  })
})

describe('what a tensor says of itself', () => {
  it('F12 refuses a shape that needs other bytes than there are', async () => {
    await refused(buildFile({ w: entry(0, 8, [1]) }, 8), 'safetensors-size-mismatch', 'w')
    await refused(buildFile({ w: entry(0, 8, [2], 'F16') }, 8), 'safetensors-size-mismatch', 'w')
    await refused(buildFile({ w: entry(0, 0, []) }, 0), 'safetensors-size-mismatch', 'w')
  })

  it.each([
    [[2 ** 53]],
    [[2 ** 27, 2 ** 27]],
    [[2 ** 52, 1]],
    [[-1]],
    [[-1, -1]],
    [[1.5]],
    [['1']],
    [[null]],
    ['1'],
    [{}],
    [[2 ** 30, 2 ** 30, 0]],
  ])('F13 refuses the shape %j', (shape) => refused(buildFile({ w: entry(0, 4, shape) }, 4), 'safetensors-bad-shape', 'w'))

  it.each(['F8_E4M3', 'f32', 'float32', '', 'toString', '__proto__', 7, null, ['F32']])('F14 refuses the dtype %j', (dtype) =>
    refused(buildFile({ w: entry(0, 4, [1], dtype) }, 4), 'safetensors-unknown-dtype', 'w'),
  )

  it.each(['dtype', 'shape', 'data_offsets'] as const)('F14 refuses a tensor without %s', async (field) => {
    const { [field]: _, ...rest } = entry(0, 4)
    await refused(buildFile({ w: rest }, 4), 'safetensors-missing-field', 'w')
  })

  it.each([null, 1, 'F32', []])('F14 refuses %j in the place of a tensor', (value) =>
    refused(buildFile({ w: value }, 0), 'safetensors-missing-field', 'w'),
  )

  const tensor = JSON.stringify(entry(0, 4))
  it.each([
    [`{"w":${tensor},"w":${tensor}}`, 'w'],
    [`{"w":${tensor},"\\u0077":${tensor}}`, 'w'],
    ['{"w":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}', 'dtype'],
    [`{"__metadata__":{},"w":${tensor},"__metadata__":{}}`, '__metadata__'],
    [`{"__metadata__":{"a":"1","a":"2"},"w":${tensor}}`, 'a'],
    [`{"w":${tensor} , "w" : ${tensor}}`, 'w'],
  ])('F15 refuses a name given twice: %s', (header, name) => refused(buildFile(header, 4), 'safetensors-duplicate-name', name))

  it('F15 takes no text for a name: the same word as key, value and part of another', async () => {
    const { tensors } = await readBytes(buildFile(`{"__metadata__":{"w":"\\"w\\":{\\"w\\"","w\\"":"w"},"w":${tensor}}`, 4))
    expect(tensors.map((t) => t.name)).toEqual(['w'])
  })

  it.each([
    `{"__proto__":${tensor}}`,
    `{"\\u005f_proto__":${tensor}}`,
    `{"w":{"__proto__":${tensor}}}`,
    `{"__metadata__":{"__proto__":"x"},"w":${tensor}}`,
    '{"__proto__":{"polluted":"yes"}}',
  ])('F16 refuses __proto__ and pollutes nothing: %s', async (header) => {
    await refused(buildFile(header, 4), 'safetensors-forbidden-name')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('F16 reads tensors named like members of every object', async () => {
    const { tensors } = await readBytes(buildFile({ constructor: entry(0, 4), hasOwnProperty: entry(4, 8) }, 8))
    expect(tensors.map((t) => t.name)).toEqual(['constructor', 'hasOwnProperty'])
  })

  it.each([{ format: 1 }, { format: null }, { format: {} }, { a: 'ok', b: ['x'] }, 'pt', [], null, 3])(
    'F17 refuses the metadata %j',
    (metadata) => refused(buildFile({ __metadata__: metadata }, 0), 'safetensors-bad-metadata'),
  )

  it('shortens a hostile name in its message', async () => {
    const error = await readBytes(buildFile({ ['x'.repeat(1_000_000)]: null })).catch((reason: unknown) => reason)
    expect((error as HomespunError).message.length).toBeLessThan(400)
  })
})

describe('what is sound, if odd', () => {
  const manyTensors = (count: number) =>
    buildFile(Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, entry(i, i + 1, [1], 'U8')])), count)

  async function fastestRead(file: Uint8Array): Promise<number> {
    let fastest = Infinity
    for (let run = 0; run < 3; run++) {
      const start = performance.now()
      await readBytes(file)
      fastest = Math.min(fastest, performance.now() - start)
    }
    return fastest
  }

  it('F18 reads 100,000 tiny tensors in two reads and in linear time', async () => {
    const file = manyTensors(100_000)
    const source = watchedSource(file)
    expect((await readSafetensorsHeader(source)).tensors).toHaveLength(100_000)
    expect(source.reads).toHaveLength(2)
    // Ten times as many: about ten times as long if linear, a hundred if quadratic.
    expect((await fastestRead(file)) / (await fastestRead(manyTensors(10_000)))).toBeLessThan(50)
  })

  it('F18 finds the last of 100,000 names to be a duplicate', async () => {
    const header = Array.from({ length: 100_000 }, (_, i) => `"t${i % 99_999}":${JSON.stringify(entry(i, i + 1, [1], 'U8'))}`)
    await refused(buildFile(`{${header.join(',')}}`, 100_000), 'safetensors-duplicate-name', 't0')
  })

  it('F19 accepts a scalar, zero-size tensors, a padded header, unknown fields and an empty file', async () => {
    const header = JSON.stringify({
      empty: entry(4, 4, [0, 7]),
      scalar: entry(0, 4, []),
      last: { ...entry(4, 8), note: { of: ['a later version'] } },
    })
    const { tensors } = await readBytes(buildFile(`${header}   \n`, 8))
    expect(tensors.map((t) => [t.name, t.shape, t.end - t.begin])).toEqual([
      ['scalar', [], 4],
      ['empty', [0, 7], 0],
      ['last', [1], 4],
    ])
    expect(await readTensor(tensors[1]!)).toHaveLength(0)
    expect((await readBytes(buildFile('{}'))).tensors).toEqual([])
  })

  it('F20 reads unaligned data right', async () => {
    const values = new Float32Array([1.5, -2.25, 3e-39])
    const halves = new Uint16Array([0x3c00, 0xc000])
    const header = {
      odd: entry(0, 1, [1], 'U8'),
      f: entry(1, 13, [3]),
      h: entry(13, 17, [2], 'F16'),
      b: entry(17, 21, [2], 'BF16'),
    }
    for (const padding of ['', ' ', '  ', '   ']) {
      const file = buildFile(JSON.stringify(header) + padding, 21)
      const dataBegin = file.length - 21
      file.set(new Uint8Array(values.buffer), dataBegin + 1)
      file.set(new Uint8Array(halves.buffer), dataBegin + 13)
      file.set(new Uint8Array(halves.buffer), dataBegin + 17)
      const byName = new Map((await readBytes(file)).tensors.map((t) => [t.name, t]))
      expect(await readTensorAsFloat32(byName.get('f')!)).toEqual(values)
      expect([...(await readTensorAsFloat32(byName.get('h')!))]).toEqual([1, -2])
      expect([...(await readTensorAsFloat32(byName.get('b')!))]).toEqual([0.0078125, -2])
    }
  })
})

describe('random damage', () => {
  /** Reads the file and all its tensors. The only ways out are success and a typed error. */
  async function outcome(bytes: Uint8Array): Promise<'read' | 'refused'> {
    try {
      const { tensors } = await readSafetensorsHeader(memorySource('model.safetensors', bytes))
      for (const tensor of tensors) await readTensor(tensor)
      return 'read'
    } catch (error) {
      if (error instanceof HomespunError) return 'refused'
      throw error
    }
  }

  it('F21 random bytes give only typed errors', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => void (await outcome(bytes))))
  })

  it('F21 random JSON in a well-framed header gives only typed errors', async () => {
    const header = fc.oneof(
      fc.json(),
      fc.dictionary(fc.string(), fc.jsonValue()).map((root) => JSON.stringify(root)),
    )
    await fc.assert(
      fc.asyncProperty(header, async (json) => void (await outcome(buildFile(json, 8)))),
      { numRuns: 500 },
    )
  })

  it('F21 bit flips give only typed errors, or a file that is still sound', async () => {
    const file = writeSafetensors(
      [
        { name: 'model.embed.weight', dtype: 'F32', shape: [2, 3], data: new Uint8Array(24) },
        { name: 'model.norm.weight', dtype: 'BF16', shape: [4], data: new Uint8Array(8) },
      ],
      { format: 'pt' },
    )
    expect(await outcome(file)).toBe('read')
    const seen = new Set<string>()
    for (let bit = 0; bit < file.length * 8; bit++) {
      const damaged = file.slice()
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      seen.add(await outcome(damaged))
    }
    expect(seen).toEqual(new Set(['read', 'refused']))
    const flips = fc.array(fc.nat({ max: file.length * 8 - 1 }), { minLength: 2, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(flips, async (bits) => {
        const damaged = file.slice()
        for (const bit of bits) damaged[bit >> 3]! ^= 1 << (bit & 7)
        await outcome(damaged)
      }),
      { numRuns: 500 },
    )
  })
})
