/** Ops on rows: norms, rotary embedding, look-ups, writes, scaling, and columns taken apart. */
import { appendRows } from '../../../src/engine/ops/append-rows.ts'
import { embed } from '../../../src/engine/ops/embed.ts'
import { gatherRows } from '../../../src/engine/ops/gather-rows.ts'
import { layerNorm, layerNormGradient } from '../../../src/engine/ops/layer-norm.ts'
import { rmsNorm, rmsNormGradient } from '../../../src/engine/ops/rms-norm.ts'
import { rope } from '../../../src/engine/ops/rope.ts'
import { scaleRows } from '../../../src/engine/ops/scale-rows.ts'
import { joinColumns, splitColumns } from '../../../src/engine/ops/split-columns.ts'
import { writeRows } from '../../../src/engine/ops/write-rows.ts'
import { at, given, like, reference, size, zeros, type Tensor } from './tensor.ts'

/** 1/√(mean(x²) + ε) of the n-th `width` numbers. */
function inverseNorm(x: Tensor, n: number, width: number, epsilon: number): number {
  const row = x.data.subarray(n * width, (n + 1) * width)
  return 1 / Math.sqrt(row.reduce((total, value) => total + value * value, 0) / width + epsilon)
}

export const rmsNormReference = reference(rmsNorm, (inputs, { epsilon, offset = 0 }) => {
  const [x, w] = [inputs[0]!, inputs[1]!]
  const width = size(w, 0)
  return [like(x, (i) => at(x, i) * inverseNorm(x, Math.floor(i / width), width, epsilon) * (offset + at(w, i % width)))]
})

/** By the chain rule through r = 1/√(mean(x²) + ε): dxᵢ = r·wᵢ·dyᵢ + (Σⱼ wⱼ·dyⱼ·xⱼ)·dr/dxᵢ, dr/dxᵢ = −r³·xᵢ/d. */
export const rmsNormGradientReference = reference(rmsNormGradient, (inputs, { epsilon, offset = 0 }) => {
  const [dy, x, w] = [inputs[0]!, inputs[1]!, inputs[2]!]
  const width = size(w, 0)
  return [
    like(x, (i) => {
      const row = Math.floor(i / width)
      const r = inverseNorm(x, row, width, epsilon)
      let dr = 0
      for (let j = 0; j < width; j++) dr += (offset + at(w, j)) * at(dy, row * width + j) * at(x, row * width + j)
      return r * (offset + at(w, i % width)) * at(dy, i) - (dr * r ** 3 * at(x, i)) / width
    }),
  ]
})

/** Mean of row n, and 1/√(var + ε). */
function moments(x: Tensor, n: number, epsilon: number): [mean: number, inverse: number] {
  const width = size(x, 1)
  const row = x.data.subarray(n * width, (n + 1) * width)
  const mean = row.reduce((total, value) => total + value, 0) / width
  return [mean, 1 / Math.sqrt(row.reduce((total, value) => total + (value - mean) ** 2, 0) / width + epsilon)]
}

export const layerNormReference = reference(layerNorm, (inputs, { epsilon }) => {
  const [x, w, b] = [inputs[0]!, inputs[1]!, inputs[2]!]
  const width = size(x, 1)
  return [
    like(x, (i) => {
      const [mean, inverse] = moments(x, Math.floor(i / width), epsilon)
      return (at(x, i) - mean) * inverse * at(w, i % width) + at(b, i % width)
    }),
  ]
})

/** dxᵢ = Σⱼ wⱼ·dyⱼ·dnⱼ/dxᵢ with n = (x − mean)·r: dnⱼ/dxᵢ = r·([i = j] − 1/d) − r³·(xⱼ − mean)·(xᵢ − mean)/d. */
export const layerNormGradientReference = reference(layerNormGradient, (inputs, { epsilon }) => {
  const [dy, x, w] = [inputs[0]!, inputs[1]!, inputs[2]!]
  const width = size(x, 1)
  return [
    like(x, (i) => {
      const row = Math.floor(i / width)
      const [mean, r] = moments(x, row, epsilon)
      let dx = 0
      for (let j = 0; j < width; j++) {
        const k = row * width + j
        const slope = r * ((i === k ? 1 : 0) - 1 / width) - (r ** 3 * (at(x, k) - mean) * (at(x, i) - mean)) / width
        dx += at(w, j) * at(dy, k) * slope
      }
      return dx
    }),
  ]
})

/** Where number i of part p of a matrix of `parts` lies in the whole. */
const placeInWhole = (i: number, p: number, group: number, parts: number) => (Math.floor(i / group) * parts + p) * group + (i % group)

export const splitColumnsReference = reference(splitColumns, (inputs, { parts, groups }) => {
  const x = inputs[0]!
  const width = size(x, 1) / parts
  return Array.from({ length: parts }, (_, p) => like(zeros(size(x, 0), width), (i) => at(x, placeInWhole(i, p, width / groups, parts))))
})

export const joinColumnsReference = reference(joinColumns, (inputs, { groups }) => {
  const part = given(inputs)[0]!
  const whole = zeros(size(part, 0), size(part, 1) * inputs.length)
  inputs.forEach((x, p) => x?.data.forEach((value, i) => (whole.data[placeInWhole(i, p, size(part, 1) / groups, inputs.length)] = value)))
  return [whole]
})

export const ropeReference = reference(rope, (inputs, { headDim, rotaryDim, inverse }) => {
  const [x, table, positions] = [inputs[0]!, inputs[1]!, inputs[2]!]
  const half = rotaryDim / 2
  return [
    like(x, (i) => {
      const d = i % headDim
      if (d >= rotaryDim) return at(x, i)
      const angle = at(positions, Math.floor(i / size(x, 1))) * rotaryDim + (d % half)
      const [cosine, sine] = [at(table, angle), at(table, angle + half) * (inverse ? -1 : 1)]
      return d < half ? at(x, i) * cosine - at(x, i + half) * sine : at(x, i) * cosine + at(x, i - half) * sine
    }),
  ]
})

export const embedReference = reference(embed, (inputs) => {
  const [table, tokens] = [inputs[0]!, inputs[1]!]
  const width = size(table, 1)
  return [like(zeros(size(tokens, 0), width), (i) => at(table, at(tokens, Math.floor(i / width)) * width + (i % width)))]
})

export const gatherRowsReference = reference(gatherRows, (inputs) => {
  const [x, rows] = [inputs[0]!, inputs[1]!]
  const width = size(x, 1)
  return [
    like(zeros(size(rows, 0), width), (i) => {
      const row = at(rows, Math.floor(i / width))
      return row < size(x, 0) ? at(x, row * width + (i % width)) : 0
    }),
  ]
})

export const scaleRowsReference = reference(scaleRows, (inputs) => {
  const [x, s] = [inputs[0]!, inputs[1]!]
  return [like(x, (i) => at(x, i) * at(s, Math.floor(i / size(x, 1))))]
})

export const writeRowsReference = reference(writeRows, (inputs) => {
  const [target, x, slots] = [inputs[0]!, inputs[1]!, inputs[2]!]
  const width = size(x, 1)
  slots.data.forEach((slot, n) => {
    if (slot < size(target, 0)) target.data.set(x.data.subarray(n * width, (n + 1) * width), slot * width)
  })
  return []
})

export const appendRowsReference = reference(appendRows, (inputs) => {
  const [past, x] = [inputs[0]!, inputs[1]!]
  const shape = [size(past, 0) + size(x, 0), size(x, 1)]
  return [{ shape, data: Float64Array.from([...past.data, ...x.data]) }]
})
