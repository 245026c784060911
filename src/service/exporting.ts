/** Adapters on their way to other programs: written, read back and compared, and only then handed over. */
import { packZip } from '../adapters/zip.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { plainChatTemplate } from '../data/render/plain-jinja.ts'
import type { Template, Tokenizer } from '../data/types.ts'
import { fileSource } from '../hub/byte-source.ts'
import { checkMerged } from '../runtime/export/check-merged.ts'
import { ggufAdapter } from '../runtime/export/gguf/adapter.ts'
import { mergedFolder, type Manner } from '../runtime/export/merged-folder.ts'
import { mlxAdapter } from '../runtime/export/mlx-adapter.ts'
import type { ExportedFile, ExportFormat } from './export-types.ts'
import type { OpenModel } from './open-model.ts'
import { plainName, type AdapterEntry } from './shelf.ts'
import type { LoadProgress } from './types.ts'
import { zipFiles } from './zip-stream.ts'

export interface ExportOrder {
  model: OpenModel
  record: AdapterEntry
  adapter: LoraAdapter
  onProgress: (progress: LoadProgress) => void
}

type Write = (order: ExportOrder) => Promise<ExportedFile>

const WRITERS: Record<ExportFormat, Write> = { bundle: writeBundle, merged: writeMerged, gguf: writeGguf, mlx: writeMlx }

/** See `ExportService.exportAs`. */
export function exportAs(format: ExportFormat, order: ExportOrder): Promise<ExportedFile> {
  return WRITERS[format](order)
}

/** How a model taught with this template is asked in Hugging Face's own words, and when its answer is over. */
export function mannerOf(template: Template, tokenizer: Tokenizer): Manner {
  const { addsBos, bosId, endIds } = tokenizer
  const text = (id: number | undefined) => (id === undefined ? '' : tokenizer.decode([id]))
  const chatTemplate =
    typeof template === 'string' ? undefined : plainChatTemplate(template, addsBos ? text(bosId) : '', text(endIds[0]))
  return { chatTemplate, endIds }
}

async function writeMerged({ model, record, adapter, onProgress }: ExportOrder): Promise<ExportedFile> {
  const name = plainName(record.name)
  const files = mergedFolder(model.folder, adapter, mannerOf(record.template, model.tokenizer)).map((file) => ({
    ...file,
    name: `${name}/${file.name}`,
  }))
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const { zip, contents } = await zipFiles(files, (bytes) => onProgress({ phase: 'merging the weights', bytes, totalBytes }))
  onProgress({ phase: 'reading the merged model back', bytes: 0, totalBytes: 0 })
  const written = Array.from(contents, ([path, content]) => ({ path, source: fileSource(content, path) }))
  await checkMerged(model.folder, adapter, written)
  return { fileName: `${name}-merged.zip`, file: zip }
}

async function writeBundle(order: ExportOrder): Promise<ExportedFile> {
  const name = plainName(order.record.name)
  const { bundle } = await import('./bundle/bundle.ts')
  return { fileName: `${name}-bundle.zip`, file: await bundle(order, name) }
}

async function writeGguf({ model, record, adapter }: ExportOrder): Promise<ExportedFile> {
  return { fileName: `${plainName(record.name)}-lora.gguf`, file: ggufAdapter(model.folder, adapter, record.name, 'f32') }
}

async function writeMlx({ model, record, adapter }: ExportOrder): Promise<ExportedFile> {
  const name = plainName(record.name)
  const files = await mlxAdapter(model.folder, adapter)
  const zip = packZip(files.map(({ path, bytes }) => ({ path: `${name}-mlx/${path}`, bytes })))
  return { fileName: `${name}-mlx.zip`, file: new Blob([zip], { type: 'application/zip' }) }
}
