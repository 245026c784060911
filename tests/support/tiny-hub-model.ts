/** The fixture model as a hub has it. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { largeFile, smallFile, type ServedFile } from './hub-files.ts'
import type { ServedModel } from './hub-server.ts'

export const tinyLlama = fileURLToPath(new URL('../fixtures/models/tiny-llama/', import.meta.url))
export const REPO = 'tests/tiny-llama'
export const COMMIT = '1'.repeat(40)
export const NEXT = '2'.repeat(40)

/** The files of the fixture model, as a hub has them: beside others that nobody needs. */
export function tinyFiles(changes: Record<string, ServedFile | undefined> = {}): Record<string, ServedFile> {
  const files = readdirSync(tinyLlama).map((name): [string, ServedFile] => {
    const bytes = new Uint8Array(readFileSync(join(tinyLlama, name)))
    return [name, name.endsWith('.safetensors') ? largeFile(bytes) : smallFile(bytes)]
  })
  const all = {
    ...Object.fromEntries(files),
    '.gitattributes': smallFile(''),
    'README.md': smallFile('# tiny'),
    'onnx/model.onnx': largeFile('x'),
    ...changes,
  }
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, ServedFile] => entry[1] !== undefined))
}

export function tinyModel(changes: Partial<ServedModel> = {}): ServedModel {
  return {
    repo: REPO,
    commits: [{ commit: COMMIT, files: tinyFiles() }],
    licence: 'mit',
    family: 'llama',
    parameters: 93_000,
    ...changes,
  }
}
