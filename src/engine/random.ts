/** Counter-based random bits: the same on every engine, at any element, in any order. */

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const
const PARITY = 0x1bd11bda

const rotateLeft = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits))

/**
 * Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a 64-bit key and
 * a 64-bit counter give two independent 32-bit words.
 */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0 | 0, key1 | 0, PARITY ^ key0 ^ key1] as const
  let x0 = (counter0 + keys[0]) | 0
  let x1 = (counter1 + keys[1]) | 0
  for (let round = 0; round < 20; round++) {
    x0 = (x0 + x1) | 0
    x1 = rotateLeft(x1, ROTATIONS[round % 8]!) ^ x0
    if (round % 4 === 3) {
      const block = (round + 1) / 4
      x0 = (x0 + keys[block % 3]!) | 0
      x1 = (x1 + keys[(block + 1) % 3]! + block) | 0
    }
  }
  return [x0 >>> 0, x1 >>> 0]
}

/** A float in [0, 1) with 24 random bits, exact in f32: the same value in a kernel and on the CPU. */
export function uniformFromBits(bits: number): number {
  return (bits >>> 8) / 0x1000000
}

/** The generator above as WGSL: `threefry(key: vec2u, counter: vec2u) -> vec2u` and `uniform_from_bits(bits: u32) -> f32`. */
export const THREEFRY_WGSL = /* wgsl */ `
fn threefry_round(x: vec2u, bits: u32) -> vec2u {
  let a = x.x + x.y;
  return vec2u(a, ((x.y << bits) | (x.y >> (32u - bits))) ^ a);
}
fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let k2 = 0x1bd11bdau ^ key.x ^ key.y;
  let ks = array<u32, 3>(key.x, key.y, k2);
  var x = counter + key;
  for (var block = 0u; block < 5u; block++) {
    if ((block & 1u) == 0u) {
      x = threefry_round(threefry_round(threefry_round(threefry_round(x, 13u), 15u), 26u), 6u);
    } else {
      x = threefry_round(threefry_round(threefry_round(threefry_round(x, 17u), 29u), 16u), 24u);
    }
    x += vec2u(ks[(block + 1u) % 3u], ks[(block + 2u) % 3u] + block + 1u);
  }
  return x;
}
fn uniform_from_bits(bits: u32) -> f32 { return f32(bits >> 8u) * ${1 / 0x1000000}; }
`
