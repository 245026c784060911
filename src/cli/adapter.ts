/** An adapter that a command is given as a folder, for the open model. */
import { readPeftFolder, type ImportedAdapter } from '../adapters/peft.ts'
import type { Template } from '../data/types.ts'
import { defaultTemplate } from '../data/render/template.ts'
import type { OpenModel } from '../service/open-model.ts'
import { readFolder } from './folders.ts'

/** Undefined where no folder was given. Throws what `readPeftFolder` throws ('adapter-other-base' …). */
export async function openAdapter(
  path: string | undefined,
  { identity, loaded }: OpenModel,
): Promise<ImportedAdapter | undefined> {
  if (path === undefined) return undefined
  return readPeftFolder(await readFolder(path), { base: identity, modules: loaded.linearModules })
}

/** How the model is asked: as the adapter was trained, else as the model itself has it. */
export function templateFor(adapter: ImportedAdapter | undefined, { tokenizer }: OpenModel): Template {
  return adapter?.receipt?.template ?? defaultTemplate(tokenizer)
}
