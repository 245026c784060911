/** Real adapters that PEFT wrote, read and written again: their weights file comes back byte for byte. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readPeftFolder, writePeftFolder } from '../../src/adapters/peft.ts'
import type { FolderFile } from '../../src/adapters/types.ts'
import { receipt } from './samples.ts'

const roots = [new URL('../fixtures/goldens/', import.meta.url), new URL('../../../shared/goldens/', import.meta.url)]
const folders = roots.filter(existsSync).flatMap((root) =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [new URL(`${name}/init/`, root), new URL(`${name}/trained/`, root)])
    .filter(existsSync))

function read(folder: URL): FolderFile[] {
  return ['adapter_config.json', 'adapter_model.safetensors'].map((path) =>
    ({ path, bytes: new Uint8Array(readFileSync(new URL(path, folder))) }))
}

describe.skipIf(folders.length === 0)('adapters that PEFT wrote', () => {
  it.each(folders.map((folder) => [folder.pathname.split('/').slice(-3, -1).join('/'), folder] as const))('%s', async (_name, folder) => {
    const files = read(folder)
    const config = JSON.parse(new TextDecoder().decode(files[0]?.bytes)) as Record<string, unknown>
    const { adapter } = await readPeftFolder(files)
    expect(adapter.config).toMatchObject({
      rank: config.r, alpha: config.lora_alpha, useRsLora: config.use_rslora, targetModules: config.target_modules,
    })
    const written = await writePeftFolder(adapter, receipt)
    expect(Buffer.compare(written[1]?.bytes ?? Buffer.of(), files[1]?.bytes ?? Buffer.of(1))).toBe(0)
    const again = JSON.parse(new TextDecoder().decode(written[0]?.bytes)) as Record<string, unknown>
    const same = ['peft_type', 'task_type', 'r', 'lora_alpha', 'lora_dropout', 'target_modules', 'bias', 'fan_in_fan_out', 'use_rslora', 'use_dora', 'rank_pattern']
    for (const field of same) expect(again[field], field).toEqual(config[field])
  })
})
