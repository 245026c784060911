/**
 * A LoRA adapter as PEFT's folder (adapter_config.json, adapter_model.safetensors) with our receipt (homespun.json)
 * beside them: as a list of files for the terminal, in a zip for the page.
 */
import { HomespunError } from '../errors.ts'
import { memorySource } from '../hub/byte-source.ts'
import { readSafetensorsHeader } from '../hub/safetensors/read-header.ts'
import { sha256 } from './digest.ts'
import { isTarget } from './init.ts'
import { CONFIG_FILE, decodePeftConfig, encodePeftConfig } from './peft-config.ts'
import { pairTensors, tensorName, WEIGHTS_FILE } from './peft-tensors.ts'
import { decodeReceipt, encodeReceipt, RECEIPT_FILE } from './receipt.ts'
import { readPair, writeTensors } from './tensors.ts'
import type { AdapterReceipt, BaseModelIdentity, FolderFile, LinearModule, LoraAdapter, LoraPair } from './types.ts'
import { baseName, packZip, unpackZip } from './zip.ts'

/** The model that an imported adapter is to sit on. */
export interface ImportTarget {
  base: BaseModelIdentity
  modules: readonly LinearModule[]
  /** The person insists on an adapter made for another base. Its shapes must fit all the same. */
  allowOtherBase?: boolean
}

export interface ImportedAdapter {
  adapter: LoraAdapter
  /** Absent where another program made the adapter. Its settings are unchecked. */
  receipt: AdapterReceipt | undefined
  /** The base's name as PEFT's configuration gives it; may be empty. */
  baseName: string
}

/** adapter_model.safetensors; the same adapter gives the same bytes. */
function peftWeights({ config: { rank }, pairs }: LoraAdapter): Uint8Array<ArrayBuffer> {
  return writeTensors(pairs.flatMap(({ module, inFeatures, outFeatures, a, b }) => [
    { name: tensorName(module, 'a'), shape: [rank, inFeatures], data: a },
    { name: tensorName(module, 'b'), shape: [outFeatures, rank], data: b },
  ]), { format: 'pt' })
}

/** The hash by which a receipt knows an adapter's weights. */
export function weightsHash(adapter: LoraAdapter): Promise<string> {
  return sha256(peftWeights(adapter))
}

/** The three files of an adapter's folder. The same adapter and receipt give the same bytes. */
export async function writePeftFolder(adapter: LoraAdapter, receipt: AdapterReceipt): Promise<FolderFile[]> {
  const fanInFanOut = adapter.pairs.some((pair) => pair.fanInFanOut)
  const weights = peftWeights(adapter)
  return [
    { path: CONFIG_FILE, bytes: encodePeftConfig(adapter.config, { name: receipt.base.name, modules: adapter.pairs.map(({ module }) => module), fanInFanOut }) },
    { path: WEIGHTS_FILE, bytes: weights },
    { path: RECEIPT_FILE, bytes: encodeReceipt(receipt, await sha256(weights)) },
  ]
}

/** The same folder as a zip, with other files beside them, which reading ignores. */
export async function writePeftZip(
  adapter: LoraAdapter, receipt: AdapterReceipt, others: readonly FolderFile[] = [],
): Promise<Uint8Array<ArrayBuffer>> {
  return packZip([...(await writePeftFolder(adapter, receipt)), ...others])
}

/**
 * Reads an adapter's folder; paths may lie in folders, other files are ignored. Without `target` (no model open) only
 * what the files say of themselves is checked.
 * Throws 'adapter-files', 'adapter-config', 'adapter-unsupported', 'lora-rank', 'lora-alpha', 'lora-dropout',
 * 'receipt-invalid', 'receipt-newer', 'adapter-damaged', 'adapter-other-base', 'adapter-tensors', 'adapter-not-finite',
 * and 'safetensors-…'.
 */
export async function readPeftFolder(files: readonly FolderFile[], target?: ImportTarget): Promise<ImportedAdapter> {
  const folder = oneFolder(files)
  const { config, targetModules, baseName, fanInFanOut } = decodePeftConfig(needed(folder, CONFIG_FILE))
  const weights = needed(folder, WEIGHTS_FILE)
  const receiptBytes = folder.get(RECEIPT_FILE)
  const receipt = receiptBytes && (await checkReceipt(receiptBytes, weights, target))
  const { tensors } = await readSafetensorsHeader(memorySource(WEIGHTS_FILE, weights))
  const located = pairTensors(tensors, config.rank, target?.modules)
  const pairs: LoraPair[] = []
  for (const pair of located) pairs.push(await readPair(target || !fanInFanOut ? pair : { ...pair, fanInFanOut }))
  const listed = targetModules && pairs.every(({ module }) => isTarget(module, targetModules)) ? targetModules : endings(pairs)
  return { adapter: { config: { ...config, targetModules: listed }, pairs }, receipt, baseName }
}

/** The same from a zip; throws 'zip-invalid' and 'zip-too-large' besides. */
export async function readPeftZip(zip: Uint8Array, fileName: string, target?: ImportTarget): Promise<ImportedAdapter> {
  return readPeftFolder(unpackZip(zip, [CONFIG_FILE, WEIGHTS_FILE, RECEIPT_FILE], fileName), target)
}

/** The files of the one folder that holds an adapter, by name. */
function oneFolder(files: readonly FolderFile[]): Map<string, Uint8Array<ArrayBuffer>> {
  const named = files.filter(({ path }) => baseName(path) === CONFIG_FILE)
  // Other programs' adapters have a configuration of this name too: beside PEFT's, as in our bundle, they are passed over.
  const complete = named.filter(({ path }) => files.some((file) => file.path === path.slice(0, -CONFIG_FILE.length) + WEIGHTS_FILE))
  const configs = complete.length > 0 ? complete : named
  if (configs.length > 1) {
    throw new HomespunError('adapter-files', `There are ${configs.length} adapters here, and one at a time can be imported.`, {
      where: configs.map(({ path }) => path).slice(0, 10).join(', '), fix: 'Give the folder of one of them.',
    })
  }
  const config = configs[0]
  const prefix = config ? config.path.slice(0, config.path.length - CONFIG_FILE.length) : ''
  const own = files.filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
  return new Map(own.map(({ path, bytes }) => [path.slice(prefix.length), bytes]))
}

function needed(folder: Map<string, Uint8Array<ArrayBuffer>>, name: string): Uint8Array<ArrayBuffer> {
  const bytes = folder.get(name)
  if (bytes) return bytes
  throw new HomespunError('adapter-files', `This is no adapter in PEFT's layout: ${name} is missing.`, {
    where: name, fix: `An adapter is a folder or zip with ${CONFIG_FILE} and ${WEIGHTS_FILE}.`,
  })
}

async function checkReceipt(
  bytes: Uint8Array, weights: Uint8Array<ArrayBuffer>, target: ImportTarget | undefined,
): Promise<AdapterReceipt> {
  const { receipt, weightsHash: exported } = decodeReceipt(bytes)
  if ((await sha256(weights)) !== exported) {
    throw new HomespunError('adapter-damaged', 'The weights of this adapter are not the ones that were exported.', {
      where: WEIGHTS_FILE,
      fix: `Export or copy it again; if they were changed on purpose, delete ${RECEIPT_FILE} from the folder.`,
    })
  }
  if (target && !target.allowOtherBase && receipt.base.hash !== target.base.hash) {
    throw new HomespunError('adapter-other-base', otherBase(receipt.base, target.base), {
      where: RECEIPT_FILE, fix: 'Open the model it was trained on. On any other it would most likely answer nonsense.',
    })
  }
  return receipt
}

function otherBase(own: BaseModelIdentity, open: BaseModelIdentity): string {
  const differs = own.name === open.name ? 'another version of it (their configurations or weights differ)' : open.name
  return `This adapter was trained on ${own.name} (${own.hash.slice(0, 12)}), and the open model is `
    + `${differs} (${open.hash.slice(0, 12)}).`
}

function endings(pairs: readonly LoraPair[]): string[] {
  return [...new Set(pairs.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))]
}
