/**
 * Downloaded models: contents by their hash (so that a new commit of the same weights costs nothing), and a manifest for
 * each model at a commit. A content counts as there when its note says that its hash was checked.
 *
 *     models/<owner>--<name>@<commit>.json    the manifest
 *     blobs/<hash>                            content, whole or so far
 *     blobs/<hash>.json                       { verified } or { etag } of the answer it came with
 */
import { HomespunError } from '../../errors.ts'
import { isJsonObject, readJsonObject, readText } from '../json-file.ts'
import type { FolderFile } from '../model-folder.ts'
import type { ByteSource, CachedModel, HubFile, HubModel } from '../types.ts'
import type { FileStore, FileWriter } from './file-store.ts'
import { decodeManifest, encodeManifest, modelId } from './manifest.ts'

/** What is noted beside a content. */
export interface BlobNote {
  verified: boolean
  /** The strong ETag of the answer that its bytes came with. */
  etag: string | undefined
}

const blobPath = ({ hash }: HubFile) => `blobs/${hash.hex}`
const notePath = (file: HubFile) => `${blobPath(file)}.json`
const manifestPath = (id: string) => `models/${id}.json`

export class ModelCache {
  readonly #store: FileStore

  constructor(store: FileStore) {
    this.#store = store
  }

  /** Every model whose download was begun, by name; damaged manifests are passed over. */
  async list(): Promise<CachedModel[]> {
    const names = (await this.#store.list('models')).filter((name) => name.endsWith('.json')).sort()
    const models = await Promise.all(names.map((name) => this.#manifest(name.slice(0, -'.json'.length))))
    return Promise.all(models.filter((model) => model !== undefined).map((model) => this.#describe(model)))
  }

  /** Undefined where the cache does not know it. */
  async find(id: string): Promise<CachedModel | undefined> {
    const model = await this.#manifest(id)
    return model && this.#describe(model)
  }

  /** Notes that this model is wanted: from now on it is listed, and what comes of it is kept. */
  async begin(model: HubModel): Promise<void> {
    await this.#store.replace(manifestPath(modelId(model)), encodeManifest(model))
  }

  /** The files of a whole model, as a folder. Throws 'model-not-cached', 'model-incomplete' (F100). */
  async open(id: string): Promise<FolderFile[]> {
    const model = await this.#manifest(id)
    if (!model) {
      throw new HomespunError('model-not-cached', 'This model is not in the cache any more.', {
        where: id,
        fix: 'Download it again.',
      })
    }
    const found = await Promise.all(model.files.map(async (file) => ({ file, source: await this.content(file) })))
    const missing = found.filter(({ source }) => !source).map(({ file }) => file.path)
    if (missing.length > 0) throw incomplete(model, missing)
    return found.map(({ file, source }) => ({ path: file.path, source: source! }))
  }

  /** The content of a file, where it is whole and was checked. */
  async content(file: HubFile): Promise<ByteSource | undefined> {
    const { verified } = await this.note(file)
    const source = verified ? await this.#store.open(blobPath(file)) : undefined
    return source?.size === file.size ? { ...source, name: file.path } : undefined
  }

  async note(file: HubFile): Promise<BlobNote> {
    const source = await this.#store.open(notePath(file))
    // A note that was being written when a tab closed says nothing: the content is then checked again.
    const json = source ? await readJsonObject(source).catch(() => ({})) : {}
    const { verified, etag } = isJsonObject(json) ? json : {}
    return { verified: verified === true, etag: typeof etag === 'string' ? etag : undefined }
  }

  async setNote(file: HubFile, note: BlobNote): Promise<void> {
    await this.#store.replace(notePath(file), new TextEncoder().encode(JSON.stringify(note)))
  }

  /** Opens the content of a file to write on. Throws 'file-in-use'. */
  write(file: HubFile): Promise<FileWriter> {
    return this.#store.write(blobPath(file))
  }

  /** Forgets a model, and every content that no other model has. Throws 'file-in-use'. */
  async remove(id: string): Promise<void> {
    const model = await this.#manifest(id)
    const others = (await this.list()).filter((other) => other.id !== id)
    const shared = new Set(others.flatMap((other) => other.model.files.map(({ hash }) => hash.hex)))
    for (const file of model?.files ?? []) {
      if (shared.has(file.hash.hex)) continue
      await this.#store.remove(notePath(file))
      await this.#store.remove(blobPath(file))
    }
    await this.#store.remove(manifestPath(id))
  }

  /** Forgets everything. Throws 'file-in-use'. */
  clear(): Promise<void> {
    return this.#store.clear()
  }

  async #manifest(id: string): Promise<HubModel | undefined> {
    const source = await this.#store.open(manifestPath(id))
    return source && decodeManifest(await readText(source).catch(() => ''))
  }

  async #describe(model: HubModel): Promise<CachedModel> {
    const states = await Promise.all(
      model.files.map(async (file) => ({ whole: (await this.content(file)) !== undefined, bytes: await this.#bytesOf(file) })),
    )
    return {
      id: modelId(model),
      model,
      bytes: states.reduce((sum, { bytes }) => sum + bytes, 0),
      totalBytes: model.files.reduce((sum, { size }) => sum + size, 0),
      complete: states.every(({ whole }) => whole),
    }
  }

  async #bytesOf(file: HubFile): Promise<number> {
    return Math.min((await this.#store.open(blobPath(file)))?.size ?? 0, file.size)
  }
}

function incomplete(model: HubModel, missing: readonly string[]): HomespunError {
  const what = `Of ${model.repo}, ${missing.length} of ${model.files.length} files are not here yet: ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' and others' : ''}.`
  return new HomespunError('model-incomplete', what, { fix: 'Connect to the network and go on with the download.' })
}
