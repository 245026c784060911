/** The encoder on WebGPU: reads a source of any length into the memory that a decoder looks at. */
import { makePlan } from '../engine/plan.ts'
import { Program } from '../engine/webgpu/program.ts'
import { Submitter } from '../engine/webgpu/submitter.ts'
import { NO_ROW } from '../engine/ops/gather-rows.ts'
import type { Encoder } from '../models/types.ts'
import { encodeGraph, type DecodeGraphSettings } from './decode-graph.ts'

/** A program reads as many tokens as it was made for; each is made for twice as many as the one before, when it is first needed. */
const SHORTEST = 32

export class SourceReader {
  readonly #settings: DecodeGraphSettings
  readonly #encoder: Encoder
  readonly #programs = new Map<number, Program>()

  constructor(settings: DecodeGraphSettings, encoder: Encoder) {
    this.#settings = settings
    this.#encoder = encoder
  }

  /** Throws 'out-of-gpu-memory', 'shader-error', 'gpu-lost'. */
  async read(source: readonly number[], adapterStrength: number): Promise<void> {
    let length = SHORTEST
    while (length < source.length) length *= 2
    const program = this.#programs.get(length) ?? (await this.#make(length))
    const padded = (of: (i: number) => number, rest = 0) => Uint32Array.from({ length }, (_, i) => (i < source.length ? of(i) : rest))
    const range = new Uint32Array(2 * length)
    for (let i = 0; i < source.length; i++) range[2 * i + 1] = source.length
    program.write('source tokens', padded((i) => source[i]!))
    program.write('source range', range)
    program.write('slots', padded((i) => i, NO_ROW))
    program.write('strength', new Float32Array([adapterStrength]))
    await new Submitter(this.#settings.model.gpu).finish((encode) => encode(program, false))
  }

  destroy(): void {
    for (const program of this.#programs.values()) program.destroy()
    this.#programs.clear()
  }

  async #make(length: number): Promise<Program> {
    const { model } = this.#settings
    const plan = makePlan(encodeGraph(this.#settings, this.#encoder, length), [], model.gpu.traits)
    const program = await Program.create(plan, model.memory, model.pipelines)
    this.#programs.set(length, program)
    return program
  }
}
