/** Loading matrix operands in WGSL: any storage, either orientation, in fours where the layout allows. */
import type { WeightStorage } from '../../graph.ts'
import { isQuantised } from '../../kernel.ts'
import { quantisedLoaders } from './quantised-operand.ts'

/**
 * A matrix in memory: element (row, column) at `offset + row · stride + column`. `along` tells which of its axes is the
 * inner dimension K of the product: 'columns' for a row-major [M, K], 'rows' for [K, M].
 */
export interface OperandLayout {
  readonly storage: WeightStorage
  readonly offset: number
  readonly stride: number
  readonly along: 'columns' | 'rows'
}

/** bf16 is the upper half of an f32, so unpacking is exact; f16 unpacks with a core built-in. */
const UNPACK: Record<'f32' | 'bf16' | 'f16', string> = {
  f32: '',
  bf16: 'fn NAME_pair(w: u32) -> vec2f { return vec2f(bitcast<f32>(w << 16u), bitcast<f32>(w & 0xffff0000u)); }',
  f16: 'fn NAME_pair(w: u32) -> vec2f { return unpack2x16float(w); }',
}

/** True where four neighbours in memory can be loaded at once everywhere. */
export function loadsInFours(layout: OperandLayout, contiguousSize: number): boolean {
  return layout.offset % 4 === 0 && layout.stride % 4 === 0 && contiguousSize % 4 === 0
}

export function arrayType({ storage }: OperandLayout, inFours: boolean): string {
  if (isQuantised(storage)) return 'array<u32>'
  if (storage === 'f32') return inFours ? 'array<vec4f>' : 'array<f32>'
  return inFours ? 'array<vec2u>' : 'array<u32>'
}

/**
 * WGSL functions over the binding `name`: `name_at(row, column) -> f32`, unless it loads in fours, and
 * `name_four(row, column) -> vec4f`: four neighbours along a row, zero beyond column `columns`.
 */
export function loaders(name: string, layout: OperandLayout, columns: number, inFours: boolean): string {
  const { storage } = layout
  if (isQuantised(storage)) return quantisedLoaders(name, { ...layout, storage }, inFours) + (inFours ? '' : guardedFour(name, columns))
  const unpack = UNPACK[storage].replaceAll('NAME', name)
  const index = `${layout.offset ? `${layout.offset}u + ` : ''}row * ${layout.stride}u + column`
  if (inFours) {
    const four =
      storage === 'f32'
        ? `return ${name}[(${index}) >> 2u];`
        : `let w = ${name}[(${index}) >> 2u]; return vec4f(${name}_pair(w.x), ${name}_pair(w.y));`
    return `${unpack}\nfn ${name}_four(row: u32, column: u32) -> vec4f { ${four} }`
  }
  const at =
    storage === 'f32'
      ? `return ${name}[${index}];`
      : `let i = ${index}; let pair = ${name}_pair(${name}[i >> 1u]); return select(pair.x, pair.y, (i & 1u) == 1u);`
  return `${unpack}\nfn ${name}_at(row: u32, column: u32) -> f32 { ${at} }${guardedFour(name, columns)}`
}

/** `name_four` by four single loads, none of them beyond the row. */
function guardedFour(name: string, columns: number): string {
  const guarded = (offset: number) => {
    if (offset === 0) return `${name}_at(row, column)`
    return columns % 4 === 0 ? `${name}_at(row, column + ${offset}u)` : `${name}_tail(row, column + ${offset}u)`
  }
  return `
fn ${name}_tail(row: u32, column: u32) -> f32 {
  if (column >= ${columns}u) { return 0.0; }
  return ${name}_at(row, column);
}
fn ${name}_four(row: u32, column: u32) -> vec4f {
  return vec4f(${[0, 1, 2, 3].map(guarded).join(', ')});
}`
}
