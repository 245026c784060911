/** Files from a picker or a drop, with their paths; a dropped folder is walked. */
import type { PickedFile } from '../../service/types.ts'

/** A model folder has tens of files: what holds more was dropped by mistake, and is not walked to its end. */
const mostFiles = 500

/** `webkitRelativePath` begins with the chosen folder's own name, as a dropped folder's paths do. */
export function fromInput(input: HTMLInputElement): PickedFile[] {
  const files = Array.from(input.files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }))
  input.value = ''
  return files
}

export async function fromDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  // The list is emptied when the event ends: take every entry before waiting for anything.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry() ?? item.getAsFile()).filter((entry) => entry !== null)
  const found: PickedFile[] = []
  for (const entry of entries) {
    if (entry instanceof File) found.push({ path: entry.name, file: entry })
    else await walk(entry, found)
  }
  return found
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

/** An adapter's folder or its files; a model's folder has a config.json, whatever lies in it besides. */
export function isAdapter(files: readonly PickedFile[]): boolean {
  const names = files.map(({ path }) => nameOf(path))
  return names.some((name) => /^adapter_(config\.json|model\.(safetensors|bin))$/.test(name)) && !names.includes('config.json')
}

async function walk(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  if (found.length >= mostFiles || entry.name.startsWith('.')) return
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    found.push({ path: entry.fullPath.replace(/^\//, ''), file })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  for (;;) {
    // A reader gives at most a hundred entries a call, and none at the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (batch.length === 0) return
    for (const child of batch) await walk(child, found)
  }
}
