/** Loading quantised weights in WGSL: words as `quantised/rows.ts` lays them out, unpacked as they are read. */
import { GROUP, rowWords, scaleWords, type QuantisedStorage } from '../../quantised/rows.ts'

/** As `OperandLayout`: offset and stride count numbers, not words. */
export interface QuantisedLayout {
  readonly storage: QuantisedStorage
  readonly offset: number
  /** Numbers of a row. */
  readonly stride: number
}

/**
 * `name_at` or, where four neighbours never cross a word, `name_four`, as `loaders` gives them. Every row begins at a word of
 * its own.
 */
export function quantisedLoaders(name: string, { storage, offset, stride }: QuantisedLayout, inFours: boolean): string {
  const scales = scaleWords(storage, stride)
  const [firstRow, firstColumn] = [Math.floor(offset / stride), offset % stride]
  const shifted = (axis: string, by: number) => (by ? `(${axis} + ${by}u)` : axis)
  const at = `  let at = ${shifted('row', firstRow)} * ${rowWords(storage, stride)}u;
  let i = ${shifted('column', firstColumn)};`
  const head = inFours ? `\nfn ${name}_four(row: u32, column: u32) -> vec4f {` : `\nfn ${name}_at(row: u32, column: u32) -> f32 {`
  if (storage === 'int8') {
    const word = `${name}[at + ${scales}u + (i >> 2u)]`
    const codes = inFours
      ? `vec4f(vec4i(vec4u(${word}) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u))`
      : `f32(extractBits(bitcast<i32>(${word}), 8u * (i & 3u), 8u))`
    return `${head}\n${at}\n  return bitcast<f32>(${name}[at]) * ${codes};\n}`
  }
  const word = `${name}[at + ${scales}u + (i >> 3u)]`
  const codes = inFours
    ? `vec4f((vec4u(${word} >> (4u * (i & 4u))) >> vec4u(0u, 4u, 8u, 12u)) & vec4u(15u))`
    : `f32(extractBits(${word}, 4u * (i & 7u), 4u))`
  return `${head}
${at}
  let line = ${name}[at + (i / ${GROUP}u)];
  return bitcast<f32>(line & 0xffff0000u) + bitcast<f32>(line << 16u) * ${codes};
}`
}
