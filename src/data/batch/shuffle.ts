/** Deterministic shuffles: the order of an epoch is a pure function of seed and epoch, so a run can begin anywhere. */

/** murmur3's 32-bit finaliser (Austin Appleby, public domain): every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** mulberry32 (Tommy Ettinger, public domain): numbers in [0, 1) from 32 bits of state. */
function mulberry32(state: number): () => number {
  let a = state | 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * The order in which epoch `epoch` (from 0) visits `count` examples: a permutation of 0 … count − 1, by
 * Fisher and Yates (Durstenfeld's form). Equal arguments give equal orders on every machine.
 */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  const random = mulberry32(mix(mix(seed) + Math.imul(epoch + 1, 0x9e3779b9)))
  for (let last = count - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1))
    const kept = order[last] ?? 0
    order[last] = order[pick] ?? 0
    order[pick] = kept
  }
  return order
}
