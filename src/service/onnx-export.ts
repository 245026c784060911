/** The open model, tuned or not, as a zip that transformers.js can be given: written, run once, and compared. */
import type { LoraAdapter } from '../adapters/types.ts'
import { textTokens } from '../data/render/tokenize.ts'
import { oneSequence } from '../generate/forward-graph.ts'
import type { OnnxRuntime } from '../engine/onnx/session.ts'
import { checkExport } from '../runtime/export/check-export.ts'
import { mannerOf } from '../runtime/export/manner.ts'
import { MODEL_FOLDER, onnxFolder } from '../runtime/export/onnx-folder.ts'
import { checkTokens, type OpenModel } from './open-model.ts'
import type { Kept } from './shelf.ts'
import type { LoadProgress, OnnxExportOptions } from './types.ts'
import type { WatchedEngine } from './watched-engine.ts'
import { keptIf, zipFiles } from './zip-stream.ts'

/** Any text does, as long as it has words, digits and marks. */
const CHECK_TEXT = 'The quick brown fox jumps over 12 lazy dogs, and says: "Where is the garden?"'
const CHECK_TOKENS = 24

export interface OnnxExportParts {
  model: OpenModel
  device: WatchedEngine
  /** The adapter; absent where the base alone goes out. */
  kept: Kept | undefined
  options: OnnxExportOptions
  runtime: () => Promise<OnnxRuntime>
  onProgress: (progress: LoadProgress) => void
  /** Where it goes; without it, into a Blob. */
  target?: FileSystemFileHandle | undefined
}

/** What an export is measured with: tokens, and their logits [tokens, vocabulary] on the engine itself. */
export async function referenceLogits(model: OpenModel, device: WatchedEngine, adapter: LoraAdapter | undefined) {
  const tokens = textTokens(CHECK_TEXT, model.tokenizer).slice(0, Math.min(CHECK_TOKENS, model.loaded.contextLength))
  checkTokens(tokens, model)
  return { tokens, logits: await device.guard(model.loaded.logits(oneSequence(tokens), adapter)) }
}

/**
 * `difference`: max |Δ| / max |logit| between the file in ONNX Runtime and the engine. Throws what `onnxFolder`, `zipFiles`
 * and `checkExport` throw.
 */
export async function exportOnnxZip({ model, device, kept, options, runtime, onProgress, target }: OnnxExportParts): Promise<{ zip: Blob; difference: number }> {
  // Without what it was taught with, a model is asked as it always was.
  const manner = mannerOf(kept?.record.template ?? 'chat-template', model.tokenizer)
  const files = onnxFolder(model.folder, kept?.adapter, manner, options)
  onProgress({ phase: 'asking the model itself', bytes: 0, totalBytes: 0 })
  const { tokens, logits } = await referenceLogits(model, device, kept?.adapter)
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const { zip, contents } = await zipFiles(files, (bytes) => onProgress({ phase: 'writing the weights', bytes, totalBytes }), target)
  onProgress({ phase: 'running the exported model once', bytes: 0, totalBytes: 0 })
  const difference = await keptIf(target, async () => {
    const written = []
    for (const { name } of files) {
      if (!name.startsWith(MODEL_FOLDER)) continue
      written.push({ name: name.slice(MODEL_FOLDER.length), bytes: new Uint8Array(await contents.get(name)!.arrayBuffer()) })
    }
    return checkExport(await runtime(), written, tokens, logits, options.dtype)
  })
  return { zip, difference }
}
