/** Whether a model can be trained here, said before it is downloaded; where not, why, and what would do. */
import type { Allowance, EngineKind, MemoryByWeights, Preflight, WeightDtype } from '../service/types.ts'
import { formatBytes } from './format.ts'

export interface Machine {
  engine: EngineKind
  /** What the browser says the machine has; undefined where it does not say. */
  memoryBytes: number | undefined
  /** What the browser's storage still takes; undefined where it does not say. */
  freeBytes: number | undefined
}

export type Verdict =
  | { fits: true; weights: WeightDtype; bytes: number }
  /** `never`: the engine cannot, whatever the machine; else the browser may have told too little. */
  | { fits: false; never: boolean; why: string; would: string }

/** 32-bit WebAssembly, on which ONNX Runtime runs, addresses no more. */
const WASM_BYTES = 2 ** 32

const inOrder: readonly WeightDtype[] = ['stored', 'int8', 'int4']

/** Weights are kept as exactly as fits. `missingBytes`: what would have to be downloaded. */
export function judge(memory: MemoryByWeights, missingBytes: number, machine: Machine): Verdict {
  const { freeBytes = Infinity } = machine
  const most = mostBytes(machine)
  const weights = inOrder.find((dtype) => memory[dtype] <= most)
  if (!weights) return { fits: false, ...tooLarge(memory, machine) }
  if (missingBytes <= freeBytes) return { fits: true, weights, bytes: memory[weights] }
  return {
    fits: false, never: false, why: `It takes ${formatBytes(missingBytes)} of storage, and the browser leaves ${formatBytes(freeBytes)}.`,
    would: 'Delete a downloaded model, or free space on the disk.',
  }
}

/** Whether training with weights kept so is beyond the machine, as far as the browser tells. */
export function isTooMuch(bytes: number, machine: Machine): boolean {
  return bytes > mostBytes(machine)
}

/** Codes with which making or running a step says that there was no room for it. */
const NO_ROOM = new Set(['out-of-gpu-memory', 'buffer-too-large', 'wasm-out-of-memory', 'tfjs-out-of-memory'])

export const isOutOfMemory = ({ code }: { code: string }) => NO_ROOM.has(code)

/** Where there was no room for so much, so much less may do. */
const AFTER_REFUSAL = 0.75

export interface Tightness {
  why: string
  allowance: Allowance
}

/** What a run may take here, where it would take more; `refusedBytes`: for so much there was no room. */
export function tightness(
  { totalBytes, largestBytes }: Preflight['plan'], machine: Machine, { pieceBytes, refusedBytes = Infinity }: { pieceBytes: number | undefined; refusedBytes: number | undefined },
): Tightness | undefined {
  const most = mostBytes(machine)
  const allow = (bytes: number) => ({ totalBytes: bytes, pieceBytes })
  if (totalBytes >= refusedBytes) return { why: `There was no room for ${formatBytes(refusedBytes)} here.`, allowance: allow(Math.min(most, AFTER_REFUSAL * refusedBytes)) }
  if (pieceBytes !== undefined && largestBytes > pieceBytes) {
    return { why: `One piece of it takes ${formatBytes(largestBytes)}, and this GPU gives a page ${formatBytes(pieceBytes)} in one piece.`, allowance: allow(most) }
  }
  if (totalBytes <= most) return undefined
  const limit = most === WASM_BYTES && machine.engine === 'onnx'
    ? `WebAssembly, on which the processor works here, ends at ${formatBytes(WASM_BYTES)}`
    : `the browser says this machine has about ${formatBytes(most)}`
  return { why: `It takes ${formatBytes(totalBytes)}, and ${limit}.`, allowance: allow(most) }
}

function mostBytes({ engine, memoryBytes = Infinity }: Machine): number {
  return engine === 'onnx' ? Math.min(WASM_BYTES, memoryBytes) : memoryBytes
}

function tooLarge(memory: MemoryByWeights, { engine, memoryBytes }: Machine): { never: boolean; why: string; would: string } {
  const least = Math.min(...inOrder.map((dtype) => memory[dtype]))
  const saved = memory.int4 < memory.stored ? ', even with its weights in int4' : ''
  const never = engine === 'onnx' && least > WASM_BYTES
  const limit = never
    ? `WebAssembly, on which the processor works here, ends at ${formatBytes(WASM_BYTES)}`
    : `the browser says this machine has about ${formatBytes(memoryBytes ?? 0)}`
  return {
    never,
    why: `Training takes ${formatBytes(least)}${saved}, and ${limit}.`,
    would: never ? 'A GPU that the browser reaches through WebGPU would do.' : `A machine with more than ${formatBytes(least)} to spare would do.`,
  }
}
