/** An adapter or a model on its way out for another program: one at a time, told as it goes. */
import { proxy } from 'comlink'
import type { ExportedFile, ExportFormat, LoadProgress, OnnxExportOptions, TuningService } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

type Tell = (progress: LoadProgress) => void

export class ModelExport {
  /** Of the export under way. */
  progress = $state.raw<LoadProgress>()
  failure = $state.raw<Trouble>()
  /** The file that was handed over last. */
  exported = $state.raw<string>()
  /** Of the last one as ONNX: how far its logits are from the model's own, as a share of the largest. */
  difference = $state.raw<number>()
  #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Puts away what the last one said; one under way goes on. */
  forget(): void {
    this.failure = undefined
    this.difference = undefined
    this.exported = undefined
  }

  /** The zip to hand to the person, or nothing where it failed (`failure` says why) or another is under way. */
  asOnnx(adapterId: string, options: OnnxExportOptions): Promise<ExportedFile | undefined> {
    return this.#run(async (service, tell) => {
      const { zip, fileName, difference } = await service.exportOnnx(adapterId, options, tell)
      this.difference = difference
      return { fileName, file: zip }
    })
  }

  /** The same in another format. */
  as(adapterId: string, format: ExportFormat): Promise<ExportedFile | undefined> {
    return this.#run((service, tell) => service.exportAs(adapterId, format, tell))
  }

  async #run(write: (service: Pick<TuningService, 'exportOnnx' | 'exportAs'>, tell: Tell) => Promise<ExportedFile>): Promise<ExportedFile | undefined> {
    if (this.progress) return undefined
    this.forget()
    this.progress = { phase: 'beginning', bytes: 0, totalBytes: 0 }
    try {
      const file = await write(this.#engine.service, proxy((progress: LoadProgress) => (this.progress &&= progress)))
      this.exported = file.fileName
      return file
    } catch (error) {
      this.failure = asTrouble(error)
      return undefined
    } finally {
      this.progress = undefined
    }
  }
}
