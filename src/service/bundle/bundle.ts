/** One zip with an adapter in every form that it has, the receipt, how each is used, and a script that goes on with the run. */
import { readPeftZip, writePeftFolder } from '../../adapters/peft.ts'
import type { FolderFile } from '../../adapters/types.ts'
import { packZip } from '../../adapters/zip.ts'
import { HomespunError } from '../../errors.ts'
import { ggufAdapter } from '../../runtime/export/gguf/adapter.ts'
import { endTexts } from '../../runtime/export/manner.ts'
import { mlxAdapter } from '../../runtime/export/mlx-adapter.ts'
import type { ExportOrder } from '../exporting.ts'
import type { OpenModel } from '../open-model.ts'
import type { AdapterEntry } from '../shelf.ts'
import { cardFile, type BundledFile } from './model-card.ts'
import { modelfile } from './modelfile.ts'
import { runFile, TRAIN_SCRIPT, whyNoScript } from './train-script.ts'

const GGUF = 'lora.gguf'
export const GGUF_FILES: readonly BundledFile[] = [
  { path: GGUF, use: 'for llama.cpp: `llama-cli -m base.gguf --lora lora.gguf`.' },
  { path: 'Modelfile', use: 'for Ollama, with the template and the end tokens it was taught with. Needs the base as base.gguf.' },
]
export const MLX_USE = 'for mlx-lm: `mlx_lm.generate --model BASE --adapter-path FOLDER`.'

/** Forms that the base's family does not have are left out. Read back as it will be on its return. Throws what either throws. */
export async function bundle({ model, record, adapter }: ExportOrder, folder: string): Promise<Blob> {
  const files: FolderFile[] = (await writePeftFolder(adapter, record)).map(({ path, bytes }) => ({ path: `peft/${path}`, bytes }))
  const told: BundledFile[] = [
    {
      path: 'peft/',
      use: 'for Hugging Face PEFT; homespun.json in it is the receipt. The whole zip can be brought back to Homespun.',
    },
  ]
  const gguf = await unlessRefused('export-gguf-family', () => ggufAdapter(model.folder, adapter, record.name, 'f32'))
  if (gguf) {
    files.push(...(await ggufFiles(gguf, record, model)))
    told.push(...GGUF_FILES)
  }
  const mlx = await unlessRefused('export-mlx-family', () => mlxAdapter(model.folder, adapter))
  if (mlx) {
    files.push(...mlx.map(({ path, bytes }) => ({ path: `mlx/${path}`, bytes })))
    told.push({ path: 'mlx/', use: MLX_USE })
  }
  const without = whyNoScript(record, model.tokenizer)
  if (without === undefined) {
    const run = runFile(record, adapter.config, model.tokenizer)
    files.push({ path: 'run.json', bytes: utf8(run) }, { path: 'train_trl.py', bytes: utf8(TRAIN_SCRIPT) })
    told.push({
      path: 'train_trl.py',
      use: 'goes on with the run, or repeats it, with TRL and PEFT under Accelerate, on the data put beside it as data.jsonl.',
    })
  }
  const absent = [
    ...(without === undefined ? [] : [`No script for TRL: ${without}.`]),
    'The merged model and the model as ONNX are exports of their own: each is as large as the base.',
  ]
  files.push(cardFile(record, adapter.config, { files: told, ends: endTexts(model.tokenizer), absent }))
  const zip = packZip(files.map(({ path, bytes }) => ({ path: `${folder}/${path}`, bytes })))
  await readPeftZip(zip, folder, { base: record.base, modules: model.loaded.linearModules })
  return new Blob([zip], { type: 'application/zip' })
}

/** The adapter as llama.cpp reads it, and beside it what Ollama needs to ask it as it was taught. */
export async function ggufFiles(gguf: Blob, { base, template }: AdapterEntry, { tokenizer }: OpenModel): Promise<FolderFile[]> {
  return [
    { path: GGUF, bytes: new Uint8Array(await gguf.arrayBuffer()) },
    { path: 'Modelfile', bytes: utf8(modelfile(base.name, GGUF, template, tokenizer)) },
  ]
}

const utf8 = (text: string) => new TextEncoder().encode(text)

/** Undefined where a form is refused for the family. */
async function unlessRefused<T>(code: string, write: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof HomespunError && error.code === code) return undefined
    throw error
  }
}
