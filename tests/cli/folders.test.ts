/** Adapters and checkpoints on disk: what is there is whole, and nothing of a person's is overwritten. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  loadCheckpoint,
  newAdapterFolder,
  readFolder,
  removeCheckpoints,
  saveCheckpoint,
  writeFolder,
} from '../../src/cli/folders.ts'
import type { Checkpoint, RunDescription } from '../../src/storage/types.ts'

const run: RunDescription<unknown> = {
  run: 'r1',
  name: 'phones',
  startedAt: '2026-11-20T00:00:00.000Z',
  base: { name: 'tiny', hash: 'abc' },
  settings: { seed: 3 },
  template: 'chat-template',
  dataset: { name: 'pairs.jsonl', hash: 'def', examples: 4 },
  split: { validationFraction: 0.1, seed: 1 },
  steps: 40,
}

function checkpoint(step: number): Checkpoint {
  const pair = {
    module: 'm.q_proj',
    inFeatures: 3,
    outFeatures: 2,
    a: new Float32Array([1, 2, 3]),
    b: new Float32Array([step, 5]),
  }
  return {
    step,
    seed: 3,
    misses: 1,
    skippedTotal: 0,
    rateChanges: [],
    activeSeconds: 2.5,
    best: undefined,
    trainingLosses: [[1, 4.5]],
    validationLosses: [],
    adapter: { config: { rank: 1, alpha: 2, dropout: 0, useRsLora: false, targetModules: ['q_proj'] }, pairs: [pair] },
    optimizer: { step, firstMoment: new Float32Array(5).fill(0.5), secondMoment: new Float32Array(5).fill(0.25) },
  }
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homespun-folders-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('checkpoints', () => {
  it('come back as they were saved, the latest one, and older ones go', async () => {
    await saveCheckpoint(folder, run, checkpoint(9))
    await saveCheckpoint(folder, run, checkpoint(20))
    expect(await readdir(folder)).toEqual(['checkpoint-20'])
    const loaded = await loadCheckpoint(folder)
    expect(loaded).toEqual({ folder, run, checkpoint: checkpoint(20) })
  })

  it('an interrupted save leaves the one before', async () => {
    await saveCheckpoint(folder, run, checkpoint(9))
    await writeFolder(join(folder, 'checkpoint-20.part'), [{ path: 'checkpoint.json', bytes: new Uint8Array([123]) }])
    expect((await loadCheckpoint(folder)).checkpoint.step).toBe(9)
  })

  it('can be named by their own folder, and go when the run is done', async () => {
    await saveCheckpoint(folder, run, checkpoint(9))
    expect((await loadCheckpoint(join(folder, 'checkpoint-9'))).folder).toBe(folder)
    await removeCheckpoints(folder)
    await expect(loadCheckpoint(folder)).rejects.toThrow(/no checkpoint/)
  })

  it('a changed tensor file is noticed', async () => {
    await saveCheckpoint(folder, run, checkpoint(9))
    const path = join(folder, 'checkpoint-9', 'checkpoint.safetensors')
    const [, tensors] = await readFolder(join(folder, 'checkpoint-9'))
    const bytes = tensors!.bytes
    bytes[bytes.length - 1]! ^= 1
    await writeFile(path, bytes)
    await expect(loadCheckpoint(folder)).rejects.toMatchObject({ code: 'checkpoint-damaged' })
  })
})

describe('the folder of a new adapter', () => {
  it('is refused where an adapter lies already', async () => {
    await writeFile(join(folder, 'adapter_config.json'), '{}')
    await expect(newAdapterFolder(folder, 'pairs.jsonl')).rejects.toMatchObject({ code: 'out-taken' })
    expect(await newAdapterFolder(join(folder, 'new'), 'pairs.jsonl')).toBe(join(folder, 'new'))
  })

  it('takes a free name after the data file', async () => {
    expect(await newAdapterFolder(undefined, 'some/where/pairs.v2.jsonl')).toBe(join(process.cwd(), 'pairs.v2-adapter'))
  })
})
