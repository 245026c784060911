/** Models and adapters to export, and the folders they become on disk. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createAdapter } from '../../src/adapters/init.ts'
import type { LinearModule, LoraAdapter } from '../../src/adapters/types.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase, type ParityCase } from '../../src/cli/parity/case.ts'
import { openModelDirectory } from '../../src/hub/node-model-directory.ts'
import type { ModelFolder } from '../../src/hub/types.ts'
import type { Manner } from '../../src/runtime/export/manner.ts'
import { onnxFolder, type ExportedFile, type OnnxExportSettings } from '../../src/runtime/export/onnx-folder.ts'

/** As its base is. */
export const ASKED: Manner = { chatTemplate: undefined, endIds: [2] }

const fixture = (path: string) => new URL(`../fixtures/${path}`, import.meta.url).pathname

export const tinyLlama = (): Promise<ModelFolder> => openModelDirectory(fixture('models/tiny-llama'))

/** A case made with PyTorch and PEFT. It has ids and no text: the tokenizer is another model's. */
export async function goldenCase(name: string): Promise<{ given: ParityCase; folder: ModelFolder }> {
  const given = await readCase(fixture(`goldens/${name}`))
  return { given, folder: { ...(await tinyLlama()), generationConfig: undefined, ...(await openCaseModel(given.modelPath)) } }
}

/** An adapter on every linear layer that changes the model's mind. */
export function loudAdapter(modules: readonly LinearModule[]): LoraAdapter {
  const targetModules = [...new Set(modules.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))]
  const adapter = createAdapter({ rank: 4, alpha: 8, dropout: 0, useRsLora: false, targetModules }, modules, 7)
  for (const { b } of adapter.pairs) b.forEach((_, i) => (b[i] = 0.2 * Math.sin(1 + i * 12.9898)))
  return adapter
}

export async function bytesOf(file: ExportedFile): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const part of file.read()) parts.push(part)
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/** The files of an export as a folder on disk. */
export async function writeExport(
  path: string,
  folder: ModelFolder,
  adapter: LoraAdapter | undefined,
  settings: OnnxExportSettings,
  manner = ASKED,
): Promise<void> {
  for (const file of onnxFolder(folder, adapter, manner, settings)) {
    await mkdir(dirname(join(path, file.name)), { recursive: true })
    await writeFile(join(path, file.name), await bytesOf(file))
  }
}
