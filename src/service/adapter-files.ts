/** An adapter as a person brings it: one zip, a folder, or the files of one. */
import { readPeftFolder, readPeftZip, type ImportedAdapter, type ImportTarget } from '../adapters/peft.ts'
import { CONFIG_FILE } from '../adapters/peft-config.ts'
import { WEIGHTS_FILE } from '../adapters/peft-tensors.ts'
import { RECEIPT_FILE } from '../adapters/receipt.ts'
import type { FolderFile } from '../adapters/types.ts'
import { baseName } from '../adapters/zip.ts'
import { HomespunError } from '../errors.ts'
import type { PickedFile } from './types.ts'

/** What fits an ArrayBuffer everywhere. */
const MOST_BYTES = 2 ** 31 - 1
const PICKLE = 'adapter_model.bin'

const isZip = ({ path }: PickedFile) => /\.zip$/i.test(path)

/**
 * Reads what was picked; of a folder the files of PEFT and the receipt, whatever lies beside them. Throws what `readPeftZip` and
 * `readPeftFolder` throw, 'adapter-pickle' and 'adapter-too-large'.
 */
export async function readPicked(files: readonly PickedFile[], target: ImportTarget | undefined): Promise<ImportedAdapter> {
  const [first] = files
  if (files.length === 1 && first && isZip(first)) return readPeftZip(new Uint8Array(await first.file.arrayBuffer()), first.path, target)
  const named = (name: string) => files.filter(({ path }) => baseName(path) === name)
  if (named(WEIGHTS_FILE).length === 0 && named(PICKLE).length > 0) {
    throw new HomespunError('adapter-pickle', `The weights of this adapter are in ${PICKLE}, a format that can run code when it is read.`, {
      where: PICKLE, fix: `Save it again as ${WEIGHTS_FILE}: PEFT does so with save_pretrained(safe_serialization=True).`,
    })
  }
  return readPeftFolder(await inMemory([CONFIG_FILE, WEIGHTS_FILE, RECEIPT_FILE].flatMap(named)), target)
}

async function inMemory(files: readonly PickedFile[]): Promise<FolderFile[]> {
  const large = files.find(({ file }) => file.size > MOST_BYTES)
  if (large) {
    throw new HomespunError('adapter-too-large', 'A file of this adapter is larger than 2 GB, so it was not read.', {
      where: large.path, fix: 'No LoRA of a model that runs here is that large: check that it is the right file.',
    })
  }
  return Promise.all(files.map(async ({ path, file }) => ({ path, bytes: new Uint8Array(await file.arrayBuffer()) })))
}

/** What an adapter without a receipt is called: as its zip, or as the folder that its files lie in. */
export function pickedName(files: readonly PickedFile[]): string {
  const [first] = files
  if (files.length === 1 && first && isZip(first)) return baseName(first.path).replace(/\.zip$/i, '')
  const folder = files.find(({ path }) => baseName(path) === CONFIG_FILE)?.path.split('/').at(-2)
  return folder ?? 'adapter'
}
