/** A model folder becomes an open model: checked, its tokenizer built, its weights on the device. */
import type { BaseModelIdentity } from '../adapters/types.ts'
import type { Tokenizer } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { ownSampling } from '../generate/own-sampling.ts'
import { fileSource } from '../hub/byte-source.ts'
import { openModelFolder, type FolderFile } from '../hub/model-folder.ts'
import type { ModelFolder } from '../hub/types.ts'
import type { WeightDtype } from '../models/weight-dtypes.ts'
import type { LoadedModel, ServiceParts } from './ports.ts'
import type { LoadProgress, ModelSummary, PickedFile } from './types.ts'
import type { WatchedEngine } from './watched-engine.ts'

export interface OpenModel {
  folder: ModelFolder
  tokenizer: Tokenizer
  /** How its matrices are kept. */
  weights: WeightDtype
  loaded: LoadedModel
  identity: BaseModelIdentity
}

/** What a model is read from: a picked folder, or a downloaded model with its full name. */
export interface ModelFiles {
  files: readonly FolderFile[]
  name: string | undefined
}

type Parts = Pick<ServiceParts, 'engine' | 'makeTokenizer'>

/**
 * Reads the folder's small files, refuses what is not supported, builds the tokenizer, and only then allocates.
 * Throws what src/hub, the tokenizer and the engine throw.
 */
export async function openModel(
  parts: Parts, engine: WatchedEngine, { files, name }: ModelFiles, weights: WeightDtype, onProgress: (progress: LoadProgress) => void,
): Promise<OpenModel> {
  onProgress({ phase: 'reading the folder', bytes: 0, totalBytes: 0 })
  const folder = await openModelFolder(files, name)
  parts.engine.checkModel(folder)
  const tokenizer = await parts.makeTokenizer(folder)
  return loadOpened(engine, { folder, tokenizer, weights }, onProgress)
}

export function pickedFiles(files: readonly PickedFile[]): ModelFiles {
  return { files: files.map(({ path, file }) => ({ path, source: fileSource(file, path) })), name: undefined }
}

/** Gives the weights of an opened folder to an engine: the first one, another, or the next after a loss. */
export async function loadOpened(
  engine: WatchedEngine, { folder, tokenizer, weights }: Pick<OpenModel, 'folder' | 'tokenizer' | 'weights'>,
  onProgress: (progress: LoadProgress) => void,
): Promise<OpenModel> {
  const loaded = await engine.loadModel(folder, onProgress, weights)
  return { folder, tokenizer, weights, loaded, identity: { name: folder.name, hash: folder.hash } }
}

function dtypeOf(folder: ModelFolder): string {
  const dtypes = new Set(Array.from(folder.tensors.values(), (tensor) => tensor.dtype))
  const [only] = dtypes
  return dtypes.size === 1 && only ? only : 'mixed'
}

/** Endings of the linear layers' names, each once, in the order of the model. */
export function linearEndings(loaded: LoadedModel): string[] {
  return [...new Set(loaded.linearModules.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))]
}

export function summarise({ folder, tokenizer, weights, loaded, identity }: OpenModel): ModelSummary {
  const { family, parameters, layers, hiddenSize, vocabularySize, contextLength, bytesOnGpu, ownDropout = 0 } = loaded
  return {
    identity, family, parameters, layers, hiddenSize, vocabularySize, contextLength, bytesOnGpu, ownDropout,
    dtype: dtypeOf(folder),
    weights,
    bytesOnDisk: folder.weightBytes,
    hasChatTemplate: tokenizer.hasChatTemplate,
    hasEncoder: tokenizer.decoderStartId !== undefined,
    linearModules: linearEndings(loaded),
    sampling: ownSampling(folder.generationConfig),
  }
}

/** F59: an id the model has no row for would be read from outside its memory. Throws HomespunError 'token-out-of-range'. */
export function checkTokens(tokens: Iterable<number>, { loaded, folder }: OpenModel): void {
  for (const id of tokens) {
    if (id < loaded.vocabularySize) continue
    throw new HomespunError('token-out-of-range', `The tokenizer gives token ${id}, but the model knows only ${loaded.vocabularySize}.`, {
      where: folder.name, fix: 'Use the tokenizer.json that belongs to these weights.',
    })
  }
}

/** Throws HomespunError 'adapter-other-base' unless an adapter was made for this model. */
export function checkBase(base: BaseModelIdentity, { identity }: OpenModel): void {
  if (base.hash === identity.hash) return
  const open = base.name === identity.name ? 'another version of it' : identity.name
  throw new HomespunError('adapter-other-base', `This adapter was trained on ${base.name}, and the open model is ${open}.`, {
    fix: 'Open the model it was trained on.',
  })
}
