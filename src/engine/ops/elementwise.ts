/** Shared by element-wise kernels: four elements an invocation where the size allows. */
import { elementCount, type Value } from '../graph.ts'

/** How many invocations a value takes, and the WGSL types of its array and of one item. */
export function vectorized(value: Value): { items: number; width: 1 | 4; array: string; item: string } {
  const count = elementCount(value.shape)
  const width = count % 4 === 0 ? 4 : 1
  return { items: count / width, width, array: width === 4 ? 'array<vec4f>' : 'array<f32>', item: width === 4 ? 'vec4f' : 'f32' }
}
