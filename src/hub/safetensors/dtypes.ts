/** Element types of safetensors: their sizes, and the order in which files are written. */
import type { SafetensorsDtype } from '../types.ts'

/** Bytes of one element. */
export const dtypeBytes: Readonly<Record<SafetensorsDtype, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
}

/** The types above, smallest alignment first: the reference implementation writes tensors in the reverse of this order. */
export const dtypeOrder = Object.keys(dtypeBytes) as readonly SafetensorsDtype[]

export function isDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(dtypeBytes, value)
}

/**
 * Number of elements of a shape, or undefined where a dimension is no whole number ≥ 0 or the product passes 2^53.
 * A scalar (no dimensions) has one element.
 */
export function elementCount(shape: readonly unknown[]): number | undefined {
  let product = 1
  for (const dimension of shape) {
    if (!isCount(dimension)) return undefined
    product *= dimension
    if (!Number.isSafeInteger(product)) return undefined
  }
  return product
}

/** A whole number from 0 to 2^53 - 1; -0 is none, as in the reference implementation. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0)
}
