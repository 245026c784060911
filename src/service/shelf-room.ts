/** The part of the service that looks after adapters: kept, handed out, brought back, and put on another base. */
import { adapterFor, whyUnfit } from './adopting.ts'
import type { Answering } from './answering.ts'
import type { EngineRoom } from './engine-room.ts'
import { checkBase, type OpenModel } from './open-model.ts'
import { exportPeft } from './peft-export.ts'
import type { ServiceParts } from './ports.ts'
import { plainName, type Shelf } from './shelf.ts'
import { StorageRoom } from './storage-room.ts'
import type {
  AdapterRecord, Annotation, ExportedFile, ExportFormat, ExportService, LoadProgress, OnnxExport, OnnxExportOptions, PickedFile,
  ShelfService, Template,
} from './types.ts'

export abstract class ShelfRoom extends StorageRoom implements ExportService, ShelfService {
  protected abstract readonly room: EngineRoom
  protected abstract readonly shelf: Shelf
  protected abstract readonly answering: Answering
  protected abstract readonly onnxRuntime: ServiceParts['onnxRuntime']

  /** How pairs are written for a model now. */
  protected abstract template(model: OpenModel | undefined): Template

  listAdapters(): Promise<AdapterRecord[]> {
    return this.shelf.list()
  }

  renameAdapter(id: string, name: string): Promise<void> {
    return this.shelf.rename(id, name)
  }

  annotateAdapter(id: string, annotation: Annotation): Promise<void> {
    return this.shelf.annotate(id, annotation)
  }

  async adapterConfig(id: string) {
    return (await this.shelf.get(id)).adapter.config
  }

  duplicateAdapter(id: string, name: string): Promise<string> {
    return this.shelf.duplicate(id, name)
  }

  async deleteAdapter(id: string): Promise<void> {
    await this.answering.letGo(id)
    await this.shelf.remove(id)
  }

  async fitsOpenModel(id: string): Promise<boolean> {
    const model = this.modelNow()
    return model !== undefined && whyUnfit(await this.shelf.outline(id), model) === undefined
  }

  async adoptAdapter(id: string, name: string): Promise<AdapterRecord> {
    const [model, { record, adapter }] = [await this.model(), await this.shelf.get(id)]
    return this.shelf.add(...adapterFor(model, record, adapter, name), record.imported)
  }

  async exportAdapter(id: string): Promise<{ fileName: string; bytes: Uint8Array<ArrayBuffer> }> {
    return exportPeft(await this.shelf.get(id), this.modelNow())
  }

  async exportOnnx(
    adapterId: string | undefined, options: OnnxExportOptions, onProgress: (progress: LoadProgress) => void, target?: FileSystemFileHandle,
  ): Promise<OnnxExport> {
    this.idle('An export')
    const [model, device] = [await this.model(), await this.room.device()]
    const kept = adapterId === undefined ? undefined : await this.shelf.get(adapterId)
    if (kept) checkBase(kept.record.base, model)
    await this.answering.clear()
    const { exportOnnxZip } = await import('./onnx-export.ts')
    const exported = await exportOnnxZip({ model, device, kept, options, runtime: this.onnxRuntime, onProgress, target })
    return { ...exported, fileName: target?.name ?? `${plainName(kept?.record.name ?? model.identity.name)}-onnx-${options.dtype}.zip` }
  }

  async exportAs(
    id: string, format: ExportFormat, onProgress: (progress: LoadProgress) => void, target?: FileSystemFileHandle,
  ): Promise<ExportedFile> {
    this.idle('An export')
    const [model, { record, adapter }] = [await this.model(), await this.shelf.get(id)]
    checkBase(record.base, model)
    const { exportAs } = await import('./exporting.ts')
    return exportAs(format, { model, record, adapter, onProgress, target })
  }

  importAdapter(files: readonly PickedFile[], forLater = false): Promise<AdapterRecord> {
    const model = forLater ? undefined : this.modelNow()
    return this.shelf.import(files, model, this.template(model))
  }
}
