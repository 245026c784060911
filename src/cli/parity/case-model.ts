/** The model of a parity case. It has ids and no text, so its folder needs no tokenizer. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseJsonObject, readText } from '../../hub/json-file.ts'
import { nodeByteSource } from '../../hub/node-byte-source.ts'
import type { ByteSource, ModelFolder } from '../../hub/types.ts'
import { locateWeights } from '../../hub/weight-files.ts'

/** Throws what reading config and weights throws. */
export async function openCaseModel(path: string): Promise<Pick<ModelFolder, 'config' | 'configText' | 'tensors'>> {
  const names = (await readdir(path)).filter(
    (name) => name === 'config.json' || name.startsWith('model.safetensors') || name.endsWith('.safetensors'),
  )
  const sources = await Promise.all(
    names.map(async (name): Promise<[string, ByteSource]> => [name, await nodeByteSource(join(path, name))]),
  )
  const files = new Map(sources)
  const configText = await readText(files.get('config.json') ?? (await nodeByteSource(join(path, 'config.json'))))
  const config = parseJsonObject(configText, join(path, 'config.json'))
  const { tensors } = await locateWeights(files)
  return { config, configText, tensors }
}
