/** Numbers to the bytes of a weight as checkpoints store them. Numbers must be exact in the storage. */
import type { WeightStorage } from '../../src/engine/graph.ts'

/** Bits of a normal half-precision number, or of zero. */
function halfBits(value: number): number {
  if (value === 0) return 0
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | ((Math.abs(value) / 2 ** exponent - 1) * 1024)
}

const upperHalf = (value: number) => new Uint32Array(new Float32Array([value]).buffer)[0]! >>> 16

/** Padded to whole words, as weights are written. */
export function encodeWeight(values: ArrayLike<number>, storage: WeightStorage): Uint8Array<ArrayBuffer> {
  if (storage === 'f32') return new Uint8Array(Float32Array.from(values).buffer)
  const halves = new Uint16Array(Math.ceil(values.length / 2) * 2)
  halves.set(Array.from(values, storage === 'bf16' ? upperHalf : halfBits))
  return new Uint8Array(halves.buffer)
}
