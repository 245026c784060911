/** A model on its way out as ONNX: one at a time, told as it goes. */
import { proxy } from 'comlink'
import type { LoadProgress, OnnxExport, OnnxExportOptions } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

export class ModelExport {
  /** Of the export under way. */
  progress = $state.raw<LoadProgress>()
  failure = $state.raw<Trouble>()
  /** Of the last one that was handed over: how far its logits are from the model's own, as a share of the largest. */
  difference = $state.raw<number>()
  #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Puts away what the last one said; one under way goes on. */
  forget(): void {
    this.failure = undefined
    this.difference = undefined
  }

  /** The zip to hand to the person, or nothing where it failed (`failure` says why) or another is under way. */
  async run(adapterId: string, options: OnnxExportOptions): Promise<OnnxExport | undefined> {
    if (this.progress) return undefined
    this.forget()
    this.progress = { phase: 'beginning', bytes: 0, totalBytes: 0 }
    try {
      const onProgress = proxy((progress: LoadProgress) => (this.progress &&= progress))
      const exported = await this.#engine.service.exportOnnx(adapterId, options, onProgress)
      this.difference = exported.difference
      return exported
    } catch (error) {
      this.failure = asTrouble(error)
      return undefined
    } finally {
      this.progress = undefined
    }
  }
}
