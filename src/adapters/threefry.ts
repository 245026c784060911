/**
 * Threefry-2x32 with 20 rounds: a counter-based generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011; also JAX's default). A block depends on key and counter alone, so any stretch of any stream can be made on
 * its own, and integer arithmetic gives the same bits in every engine.
 */
const ROTATIONS = [[13, 15, 26, 6], [17, 29, 16, 24]] as const
const PARITY = 0x1bd11bda

export type Pair32 = readonly [number, number]

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}

/** One block: two unsigned 32-bit words from a key and a counter of two words each. */
export function threefry2x32(key: Pair32, counter: Pair32): Pair32 {
  const schedule = [key[0] | 0, key[1] | 0, (PARITY ^ key[0] ^ key[1]) | 0]
  let x = (counter[0] + key[0]) | 0
  let y = (counter[1] + key[1]) | 0
  for (let group = 0; group < 5; group++) {
    for (const bits of ROTATIONS[group % 2 === 0 ? 0 : 1]) {
      x = (x + y) | 0
      y = rotateLeft(y, bits) ^ x
    }
    x = (x + (schedule[(group + 1) % 3] ?? 0)) | 0
    y = (y + (schedule[(group + 2) % 3] ?? 0) + group + 1) | 0
  }
  return [x >>> 0, y >>> 0]
}

/** Fills `out` with numbers uniform in (-bound, bound), 24 random bits each: what a float32 holds exactly. */
export function fillUniform(out: Float32Array, bound: number, key: Pair32): void {
  for (let i = 0; i < out.length; i += 2) {
    const block = threefry2x32(key, [i >>> 1, 0])
    out[i] = (((block[0] >>> 8) + 0.5) * 2 ** -23 - 1) * bound
    if (i + 1 < out.length) out[i + 1] = (((block[1] >>> 8) + 0.5) * 2 ** -23 - 1) * bound
  }
}
