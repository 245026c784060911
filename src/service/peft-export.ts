/** An adapter in PEFT's layout as one zip: with its receipt, and a model card that says how it is asked. */
import { readPeftZip, writePeftZip } from '../adapters/peft.ts'
import { endTexts } from '../runtime/export/manner.ts'
import { cardFile } from './bundle/model-card.ts'
import type { OpenModel } from './open-model.ts'
import { plainName, type Kept } from './shelf.ts'

const FILES = [
  { path: 'adapter_config.json', use: 'with adapter_model.safetensors what Hugging Face PEFT reads: `PeftModel.from_pretrained(base, FOLDER)`.' },
  { path: 'homespun.json', use: 'the receipt. The whole zip can be brought back to Homespun.' },
]

/** `model`: the open one, which knows the end tokens where it is the base. Throws what `readPeftZip` throws. */
export async function exportPeft({ record, adapter }: Kept, model: OpenModel | undefined): Promise<{ fileName: string; bytes: Uint8Array<ArrayBuffer> }> {
  const base = model?.identity.hash === record.base.hash ? model : undefined
  const card = cardFile(record, adapter.config, { files: FILES, ends: base && endTexts(base.tokenizer) })
  const [fileName, bytes] = [`${plainName(record.name)}.zip`, await writePeftZip(adapter, record, [card])]
  // Read back before it is handed over: what would be refused on its return is refused now.
  await readPeftZip(bytes, fileName)
  return { fileName, bytes }
}
