/** Adapters and checkpoints as folders on disk. What is written is whole before anything older goes. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { FolderFile } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import { decodeCheckpoint, encodeCheckpoint } from '../storage/checkpoint-codec.ts'
import type { Checkpoint, RunDescription } from '../storage/types.ts'

const ADAPTER_CONFIG = 'adapter_config.json'
const CHECKPOINT = /^checkpoint-(\d+)$/

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** A file's bytes. Throws 'file-unreadable'. */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (cause) {
    throw new HomespunError('file-unreadable', 'This file cannot be read.', { where: path, fix: 'Check the path.', cause })
  }
}

/** The files directly in a folder. Throws 'folder-unreadable'. */
export async function readFolder(path: string): Promise<FolderFile[]> {
  let names: string[]
  try {
    const entries = await readdir(path, { withFileTypes: true })
    names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name)
  } catch (cause) {
    throw new HomespunError('folder-unreadable', 'There is no readable folder at this path.', {
      where: path,
      fix: 'Check the path.',
      cause,
    })
  }
  return Promise.all(names.sort().map(async (name) => ({ path: name, bytes: await readBytes(join(path, name)) })))
}

/** Writes every file under another name first, so that a file that is there is a whole one. */
export async function writeFolder(path: string, files: readonly FolderFile[]): Promise<void> {
  await mkdir(path, { recursive: true })
  for (const file of files) await writeFile(join(path, `${file.path}.part`), file.bytes)
  for (const file of files) await rename(join(path, `${file.path}.part`), join(path, file.path))
}

/**
 * The folder a new adapter goes to: `wanted`, refused where it holds one already; else a free name after the data file.
 * Throws 'out-taken'.
 */
export async function newAdapterFolder(wanted: string | undefined, dataFile: string): Promise<string> {
  if (wanted !== undefined) {
    if (!(await exists(join(wanted, ADAPTER_CONFIG)))) return resolve(wanted)
    throw new HomespunError('out-taken', 'This folder holds an adapter already.', { where: wanted, fix: 'Give another --out.' })
  }
  const stem = `${basename(dataFile).replace(/\.[^.]*$/, '')}-adapter`
  for (let count = 1; ; count++) {
    const path = resolve(count === 1 ? stem : `${stem}-${count}`)
    if (!(await exists(path))) return path
  }
}

/** Writes a checkpoint beside the last one, then removes the older ones. */
export async function saveCheckpoint(folder: string, run: RunDescription<unknown>, checkpoint: Checkpoint): Promise<void> {
  const target = join(folder, `checkpoint-${checkpoint.step}`)
  const part = `${target}.part`
  await rm(part, { recursive: true, force: true })
  await writeFolder(part, await encodeCheckpoint(run, checkpoint))
  await rm(target, { recursive: true, force: true })
  await rename(part, target)
  const older = (await checkpointsIn(folder)).filter((step) => step !== checkpoint.step)
  for (const step of older) await rm(join(folder, `checkpoint-${step}`), { recursive: true, force: true })
}

/** Removes the checkpoints of a run that is done. */
export async function removeCheckpoints(folder: string): Promise<void> {
  for (const step of await checkpointsIn(folder)) await rm(join(folder, `checkpoint-${step}`), { recursive: true, force: true })
}

/**
 * The latest checkpoint of a run that was stopped: `path` is the run's folder or the checkpoint's own.
 * Throws 'checkpoint-missing' and what decoding throws.
 */
export async function loadCheckpoint(
  path: string,
): Promise<{ folder: string; run: RunDescription<unknown>; checkpoint: Checkpoint }> {
  const full = resolve(path)
  if (CHECKPOINT.test(basename(full))) return { folder: dirname(full), ...(await decodeCheckpoint(await readFolder(full))) }
  const latest = (await checkpointsIn(full)).at(-1)
  if (latest === undefined) {
    throw new HomespunError('checkpoint-missing', 'There is no checkpoint in this folder.', {
      where: path,
      fix: 'Give the folder that a stopped run wrote.',
    })
  }
  return { folder: full, ...(await decodeCheckpoint(await readFolder(join(full, `checkpoint-${latest}`)))) }
}

/** Steps of the checkpoints in a folder, ascending. */
async function checkpointsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => [])
  const steps = names.map((name) => CHECKPOINT.exec(name)?.[1]).filter((step) => step !== undefined)
  return steps.map(Number).sort((left, right) => left - right)
}
