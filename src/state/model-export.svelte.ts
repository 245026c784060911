/** An adapter or a model on its way out for another program: one at a time, told as it goes. */
import { proxy } from 'comlink'
import type { AdapterRecord, ExportedFile, ExportFormat, LoadProgress, OnnxExportOptions, TuningService } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble, type Trouble } from './trouble.ts'

type Tell = (progress: LoadProgress) => void
type Write = (service: Pick<TuningService, 'exportOnnx' | 'exportAs'>, tell: Tell) => Promise<ExportedFile>

export class ModelExport {
  /** Of the export under way. */
  progress = $state.raw<LoadProgress>()
  /** The adapter that is or was on its way out: what is said here is about it. */
  adapter = $state.raw<AdapterRecord>()
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

  /** The zip to hand to the person, unless it is in `target`; nothing where it failed (`failure` says why) or another is under way. */
  asOnnx(adapter: AdapterRecord, options: OnnxExportOptions, target?: FileSystemFileHandle): Promise<ExportedFile | undefined> {
    return this.#run(adapter, async (service, tell) => {
      const { zip, fileName, difference } = await service.exportOnnx(adapter.id, options, tell, target)
      this.difference = difference
      return { fileName, file: zip }
    })
  }

  /** The same in another format. */
  as(adapter: AdapterRecord, format: ExportFormat, target?: FileSystemFileHandle): Promise<ExportedFile | undefined> {
    return this.#run(adapter, (service, tell) => service.exportAs(adapter.id, format, tell, target))
  }

  async #run(adapter: AdapterRecord, write: Write): Promise<ExportedFile | undefined> {
    if (this.progress) return undefined
    this.forget()
    this.adapter = adapter
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
