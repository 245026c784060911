/** Opens a model folder in Hugging Face layout, dropped, picked or on a disk: small files parsed, weights located. */
import { HomespunError } from '../errors.ts'
import type { ByteSource, ModelFolder } from './types.ts'
import { canonicalJson, parseJsonObject, readText } from './json-file.ts'
import { readOptional, readTokenizerFiles } from './tokenizer-files.ts'
import { locateWeights, noWeights } from './weight-files.ts'

/** A file with its path within what was dropped; parts are separated by "/". */
export interface FolderFile {
  path: string
  source: ByteSource
}

/**
 * Opens the model among `files`: the folder of the outermost config.json, however deep it was dropped. It is called `name`, or as
 * that folder is.
 * What the config means is not checked here. Throws HomespunError 'model-…', 'tokenizer-missing', 'json-…', 'text-…',
 * 'safetensors-…', 'file-unreadable' and 'insecure-context'.
 */
export async function openModelFolder(files: readonly FolderFile[], name?: string): Promise<ModelFolder> {
  const { name: folderName, files: byName } = findModel(files)
  const source = byName.get('config.json')!
  const configText = await readText(source)
  const config = parseJsonObject(configText, source.name)
  const generationConfig = await readOptional(byName, 'generation_config.json')
  const weights = await locateWeights(byName)
  const tokenizer = await readTokenizerFiles(byName)
  const hash = await identityHash(config, weights.headers)
  const { tensors, weightBytes } = weights
  return { name: name ?? folderName, config, configText, generationConfig, ...tokenizer, tensors, hash, weightBytes }
}

/** The folder that holds the outermost config.json: its name, and the files directly in it. */
function findModel(files: readonly FolderFile[]): { name: string; files: ReadonlyMap<string, ByteSource> } {
  const placed = files.map(({ path, source }) => ({
    parts: path.split('/').filter((part) => part !== '' && part !== '.'),
    source,
  }))
  const configs = placed.filter(({ parts }) => parts.at(-1) === 'config.json').sort((a, b) => a.parts.length - b.parts.length)
  const outermost = configs[0]
  if (!outermost) throw noConfig(placed.map(({ parts }) => parts.at(-1) ?? ''))
  const folder = outermost.parts.slice(0, -1)
  const rivals = configs.filter(({ parts }) => parts.length === outermost.parts.length)
  if (rivals.length > 1) {
    const where = rivals
      .slice(0, 10)
      .map(({ parts }) => parts.slice(0, -1).join('/') || 'the folder itself')
      .join(', ')
    const fix = 'Pick the folder of one of them.'
    throw new HomespunError('model-folder-ambiguous', `There are ${rivals.length} models in this folder.`, { where, fix })
  }
  const prefix = folder.join('/')
  const inside = placed.filter(({ parts }) => parts.slice(0, -1).join('/') === prefix)
  return { name: folder.at(-1) ?? 'model', files: new Map(inside.map(({ parts, source }) => [parts.at(-1) ?? '', source])) }
}

function noConfig(names: readonly string[]): HomespunError {
  const instead = noWeights(names)
  if (instead.code === 'model-is-adapter' || instead.code === 'model-weights-format') return instead
  const what = 'There is no config.json here, so this is not a model folder in Hugging Face layout.'
  const fix = 'Pick the folder that holds config.json, tokenizer.json and model.safetensors.'
  return new HomespunError('model-config-missing', what, { fix })
}

/**
 * Identity of a base model, hex: SHA-256 over the SHA-256 of the config (canonical JSON) and of each weight file's header,
 * files sorted by name. Names, shapes and types are covered; that the numbers are the same too is not.
 */
async function identityHash(config: Record<string, unknown>, headers: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  // Present by type, absent at plain http:// on a network address.
  const subtle = globalThis.crypto.subtle as typeof globalThis.crypto.subtle | undefined
  if (!subtle) {
    const what = 'The browser offers no cryptography to a page that is not served securely, so models cannot be told apart.'
    throw new HomespunError('insecure-context', what, { fix: 'Open the page at http://localhost or over https://.' })
  }
  const parts = [new TextEncoder().encode(canonicalJson(config)), ...headers]
  const digests = await Promise.all(parts.map((part) => subtle.digest('SHA-256', part)))
  const all = new Uint8Array(await new Blob(digests).arrayBuffer())
  const hash = new Uint8Array(await subtle.digest('SHA-256', all))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
