/** Kernels as data: WGSL text, what it binds and how far it is dispatched. Nothing here touches a device. */
import { HomespunError } from '../errors.ts'
import { elementCount, type Value, type WeightStorage } from './graph.ts'
import { rowWords, type QuantisedStorage } from './quantised/rows.ts'

/** What a kernel may rely on. Limits are those the device was given; the rest chooses between variants. */
export interface DeviceTraits {
  /** Invocations that share a row in reductions; 1 where barriers cost more than they save (software adapters). */
  readonly rowLanes: number
  /** Where matmul keeps its tiles: in registers alone, or staged through workgroup memory. */
  readonly matmulTiles: 'registers' | 'workgroup'
  /** Most terms of a product in one kernel: each makes its code longer, which software adapters compile slowly. */
  readonly maxMatmulTerms: number
  readonly maxBindingBytes: number
  readonly maxStorageBuffers: number
  readonly maxWorkgroupsPerDimension: number
  /** Most floating-point operations in one dispatch, so that none runs long. */
  readonly maxDispatchFlops: number
}

/** Rows [begin, begin + rows) of a weight: a weight larger than a binding lies in several pieces. */
export interface WeightPiece {
  readonly index: number
  readonly rowBegin: number
  readonly rows: number
}

export type Operand =
  | { readonly kind: 'value'; readonly value: Value; readonly piece: number }
  | { readonly kind: 'scratch'; readonly id: number; readonly bytes: number }

export interface Binding {
  readonly operand: Operand
  readonly access: 'read' | 'read_write'
}

export interface Kernel {
  readonly label: string
  readonly wgsl: string
  readonly bindings: readonly Binding[]
  readonly workgroups: readonly [number, number, number]
  readonly flops: number
}

export const operandOf = (value: Value, piece = 0): Operand => ({ kind: 'value', value, piece })

export const weightStorage = ({ source }: Pick<Value, 'source'>): WeightStorage => (source?.kind === 'weight' ? source.storage : 'f32')

export const isQuantised = (storage: WeightStorage): storage is QuantisedStorage => storage === 'int8' || storage === 'int4'

/** Bytes of a value, padded to whole 32-bit words. */
export const valueBytes = (value: Value) => inWords(rowBytes(value) * (value.shape[0] ?? 1))

/** Bytes of the buffer for so many bytes of contents: bindings of `array<vec4f>` take at least one vector. */
export const bufferBytes = (bytes: number) => Math.max(16, bytes)

/** Bytes of one row as stored. The padding of a whole value is no part of any row. */
export function rowBytes(value: Value): number {
  const storage = weightStorage(value)
  const columns = elementCount(value.shape.slice(1))
  if (isQuantised(storage)) return 4 * rowWords(storage, columns)
  return columns * (storage === 'f32' ? 4 : 2)
}

/** Bytes of a piece of a weight, padded to whole 32-bit words. */
export const pieceBytes = (value: Value, piece: WeightPiece) => inWords(rowBytes(value) * piece.rows)

const inWords = (bytes: number) => Math.ceil(bytes / 4) * 4

/**
 * How a weight is split by rows so that each piece fits a binding. Rows per piece are a multiple of 8 where there are
 * several. Throws 'row-too-large' where a single row does not fit.
 */
export function weightPieces(value: Value, traits: Pick<DeviceTraits, 'maxBindingBytes'>): WeightPiece[] {
  const rows = value.shape[0] ?? 1
  if (value.source?.kind !== 'weight' || valueBytes(value) <= traits.maxBindingBytes) return [{ index: 0, rowBegin: 0, rows }]
  const most = Math.floor(traits.maxBindingBytes / rowBytes(value) / 8) * 8
  if (most < 8) {
    throw new HomespunError('row-too-large', 'One row of a weight is larger than what this GPU can bind.', {
      where: value.name,
      fix: 'Choose a smaller model.',
    })
  }
  const pieces: WeightPiece[] = []
  for (let begin = 0; begin < rows; begin += most) {
    pieces.push({ index: pieces.length, rowBegin: begin, rows: Math.min(most, rows - begin) })
  }
  return pieces
}

/** Collects the kernels of one node, and the scratch memory they share. */
export class KernelContext {
  readonly kernels: Kernel[] = []
  readonly scratches: (Operand & { kind: 'scratch' })[] = []
  readonly traits: DeviceTraits
  readonly #scope: string
  readonly #isUsed: (value: Value) => boolean

  constructor(traits: DeviceTraits, scope: string, isUsed: (value: Value) => boolean) {
    this.traits = traits
    this.#scope = scope
    this.#isUsed = isUsed
  }

  /** False for an output that nothing reads: its kernels can be left out. */
  isUsed(value: Value): boolean {
    return this.#isUsed(value)
  }

  /** f32 memory that lives as long as this node runs. */
  scratch(elements: number): Operand {
    const operand = { kind: 'scratch', id: this.scratches.length, bytes: elements * 4 } as const
    this.scratches.push(operand)
    return operand
  }

  kernel(name: string): KernelBuilder {
    return new KernelBuilder(this, this.#scope ? `${this.#scope}: ${name}` : name)
  }
}

/** Writes one kernel: bindings in order, then the body; constants are part of the text, so equal shapes share a pipeline. */
export class KernelBuilder {
  readonly #context: KernelContext
  readonly #label: string
  readonly #bindings: Binding[] = []
  readonly #declarations: string[] = []

  constructor(context: KernelContext, label: string) {
    this.#context = context
    this.#label = label
  }

  bind(name: string, operand: Operand | Value, access: Binding['access'], type = 'array<f32>'): this {
    const target = 'id' in operand && 'shape' in operand ? operandOf(operand) : operand
    this.#declarations.push(`@group(0) @binding(${this.#bindings.length}) var<storage, ${access}> ${name}: ${type};`)
    this.#bindings.push({ operand: target, access })
    return this
  }

  read(name: string, operand: Operand | Value, type?: string): this {
    return this.bind(name, operand, 'read', type)
  }

  write(name: string, operand: Operand | Value, type?: string): this {
    return this.bind(name, operand, 'read_write', type)
  }

  /** `code` holds whole functions, the entry point `main` among them. */
  dispatch(code: string, workgroups: readonly [number, number, number], flops = 0): void {
    this.#context.kernels.push({
      label: this.#label,
      wgsl: `${this.#declarations.join('\n')}\n${code}`,
      bindings: this.#bindings,
      workgroups,
      flops,
    })
  }

  /**
   * One invocation for each of `count` items, in groups of `groupSize`; the body sees its item as `i`. Grids larger than a
   * dimension allows are folded into two.
   */
  forEach(count: number, body: string, options: { functions?: string; flops?: number } = {}, groupSize = 64): void {
    const groups = Math.max(1, Math.ceil(count / groupSize))
    const [x, y] = foldGrid(groups, this.#context.traits.maxWorkgroupsPerDimension)
    const code = `${options.functions ?? ''}
@compute @workgroup_size(${groupSize})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let i = (group.x + group.y * ${x}u) * ${groupSize}u + invocation;
  if (i >= ${count}u) { return; }
${body}
}`
    this.dispatch(code, [x, y, 1], options.flops)
  }
}

/** Splits a one-dimensional grid over two dimensions where it exceeds one. */
export function foldGrid(groups: number, most: number): [number, number] {
  if (groups <= most) return [groups, 1]
  const y = Math.ceil(groups / most)
  return [Math.ceil(groups / y), y]
}

/** A finite number as WGSL text, f32, all digits kept. */
export function f32Literal(value: number): string {
  const text = Math.fround(value).toString()
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`
}
