/** Opens a model folder on disk. Only Node can load this file. */
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { HomespunError } from '../errors.ts'
import { openModelFolder, type FolderFile } from './model-folder.ts'
import { nodeByteSource } from './node-byte-source.ts'
import type { ModelFolder } from './types.ts'

/**
 * Opens the model in the directory `path`, or in a directory directly inside it. Symbolic links are followed, since the
 * cache of the Hugging Face hub is made of them. Throws 'model-folder-missing' and what `openModelFolder` throws.
 */
export async function openModelDirectory(path: string): Promise<ModelFolder> {
  const root = resolve(path)
  const isDirectory = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isDirectory) {
    throw new HomespunError('model-folder-missing', 'There is no folder at this path.', { where: path, fix: 'Check the path.' })
  }
  return openModelFolder(await listFiles(root, basename(root), 1))
}

/** Files of a directory and, `depth` levels down, of those inside it; hidden ones left out. */
async function listFiles(directory: string, prefix: string, depth: number): Promise<FolderFile[]> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.'))
  const found = await Promise.all(
    names.map(async (name): Promise<FolderFile[]> => {
      const path = join(directory, name)
      const entry = await stat(path).catch(() => undefined)
      if (entry?.isDirectory()) return depth > 0 ? listFiles(path, `${prefix}/${name}`, depth - 1) : []
      return entry?.isFile() ? [{ path: `${prefix}/${name}`, source: await nodeByteSource(path) }] : []
    }),
  )
  return found.flat()
}
