/** Adapters on their way to other programs: written, read back and compared, and only then handed over. */
import { packZip } from '../adapters/zip.ts'
import type { FolderFile, LoraAdapter } from '../adapters/types.ts'
import { fileSource } from '../hub/byte-source.ts'
import { checkMerged } from '../runtime/export/check-merged.ts'
import { ggufAdapter } from '../runtime/export/gguf/adapter.ts'
import { endTexts, mannerOf } from '../runtime/export/manner.ts'
import { mergedFolder } from '../runtime/export/merged-folder.ts'
import { mlxAdapter } from '../runtime/export/mlx-adapter.ts'
import { bundle, ggufFiles, GGUF_FILES, MLX_USE } from './bundle/bundle.ts'
import { cardFile, type BundledFile } from './bundle/model-card.ts'
import type { ExportedFile, ExportFormat } from './export-types.ts'
import type { OpenModel } from './open-model.ts'
import { plainName, type AdapterEntry } from './shelf.ts'
import type { LoadProgress } from './types.ts'
import { keptIf, zipFiles } from './zip-stream.ts'

export interface ExportOrder {
  model: OpenModel
  record: AdapterEntry
  adapter: LoraAdapter
  onProgress: (progress: LoadProgress) => void
  /** Where a whole model goes; without it, into a Blob. */
  target?: FileSystemFileHandle | undefined
}

type Write = (order: ExportOrder) => Promise<ExportedFile>

const WRITERS: Record<ExportFormat, Write> = { bundle: writeBundle, merged: writeMerged, gguf: writeGguf, mlx: writeMlx }

/** See `ExportService.exportAs`. */
export function exportAs(format: ExportFormat, order: ExportOrder): Promise<ExportedFile> {
  return WRITERS[format](order)
}

async function writeMerged({ model, record, adapter, onProgress, target }: ExportOrder): Promise<ExportedFile> {
  const name = plainName(record.name)
  const files = mergedFolder(model.folder, adapter, mannerOf(record.template, model.tokenizer)).map((file) => ({
    ...file,
    name: `${name}/${file.name}`,
  }))
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const { zip, contents } = await zipFiles(files, (bytes) => onProgress({ phase: 'merging the weights', bytes, totalBytes }), target)
  onProgress({ phase: 'reading the merged model back', bytes: 0, totalBytes: 0 })
  const written = Array.from(contents, ([path, content]) => ({ path, source: fileSource(content, path) }))
  await keptIf(target, () => checkMerged(model.folder, adapter, written))
  return { fileName: target?.name ?? `${name}-merged.zip`, file: zip }
}

async function writeBundle(order: ExportOrder): Promise<ExportedFile> {
  const name = plainName(order.record.name)
  return { fileName: `${name}-bundle.zip`, file: await bundle(order, name) }
}

async function writeGguf(order: ExportOrder): Promise<ExportedFile> {
  const { model, record, adapter } = order
  const files = await ggufFiles(ggufAdapter(model.folder, adapter, record.name, 'f32'), record, model)
  return withCard('gguf', order, files, GGUF_FILES)
}

async function writeMlx(order: ExportOrder): Promise<ExportedFile> {
  return withCard('mlx', order, await mlxAdapter(order.model.folder, order.adapter), [{ path: 'adapters.safetensors', use: MLX_USE }])
}

/** A zip of a folder, with the model card: how the adapter is asked goes with it. */
function withCard(form: string, { model, record, adapter }: ExportOrder, files: readonly FolderFile[], told: readonly BundledFile[]): ExportedFile {
  const folder = `${plainName(record.name)}-${form}`
  const card = cardFile(record, adapter.config, { files: told, ends: endTexts(model.tokenizer) })
  const zip = packZip([...files, card].map(({ path, bytes }) => ({ path: `${folder}/${path}`, bytes })))
  return { fileName: `${folder}.zip`, file: new Blob([zip], { type: 'application/zip' }) }
}
