/**
 * A checkpoint as two files, the same in the browser's storage and in a folder on disk (the terminal's --resume):
 * checkpoint.safetensors holds the tensors, checkpoint.json the rest and the hash of the tensors, so that an old half
 * beside a new one is noticed.
 */
import { sha256 } from '../adapters/digest.ts'
import { Fields } from '../adapters/fields.ts'
import { decodeJsonObject, encodeJson } from '../adapters/json.ts'
import { readBase, readBegunWith, readDataset, readPlanted, readRateChanges, readTemplate, readWeights } from '../adapters/receipt.ts'
import { readTensors, writeTensors } from '../adapters/tensors.ts'
import type { FolderFile } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import { adapterFrom, outlineOf, readOutline, tensorOf, tensorsOf } from './adapter-codec.ts'
import type { Checkpoint, RunDescription } from './types.ts'

export const CHECKPOINT_JSON = 'checkpoint.json'
export const CHECKPOINT_TENSORS = 'checkpoint.safetensors'
const VERSION = 1
const PREFIX = { adapter: 'adapter.', best: 'best.' }
const FIRST = 'optimizer.first_moment'
const SECOND = 'optimizer.second_moment'

/** The two files. The same run and checkpoint give the same bytes. */
export async function encodeCheckpoint(run: RunDescription<unknown>, checkpoint: Checkpoint): Promise<FolderFile[]> {
  const { adapter, optimizer, best, ...rest } = checkpoint
  const tensors = writeTensors([
    ...tensorsOf(adapter, PREFIX.adapter),
    ...(best ? tensorsOf(best.adapter, PREFIX.best) : []),
    { name: FIRST, shape: [optimizer.firstMoment.length], data: optimizer.firstMoment },
    { name: SECOND, shape: [optimizer.secondMoment.length], data: optimizer.secondMoment },
  ], {})
  const json = encodeJson({
    version: VERSION,
    tensorsHash: await sha256(tensors),
    run,
    ...rest,
    adapter: outlineOf(adapter),
    optimizerStep: optimizer.step,
    best: best ? { step: best.step, loss: best.loss, adapter: outlineOf(best.adapter) } : null,
  })
  return [{ path: CHECKPOINT_TENSORS, bytes: tensors }, { path: CHECKPOINT_JSON, bytes: json }]
}

/**
 * Reads the two files back; the run's settings are `unknown` until the training layer has checked them.
 * Throws 'checkpoint-missing', 'checkpoint-damaged', 'storage-newer', 'storage-damaged', 'safetensors-…'.
 */
export async function decodeCheckpoint(
  files: readonly FolderFile[],
): Promise<{ run: RunDescription<unknown>; checkpoint: Checkpoint }> {
  const json = decodeJsonObject(needed(files, CHECKPOINT_JSON), 'checkpoint-damaged', CHECKPOINT_JSON)
  if (typeof json.version === 'number' && json.version > VERSION) {
    throw new HomespunError('storage-newer', 'This checkpoint was written by a newer Homespun.', { where: CHECKPOINT_JSON })
  }
  const fields = new Fields(json, (field) => damaged(`it has no valid "${field}"`, CHECKPOINT_JSON))
  const bytes = needed(files, CHECKPOINT_TENSORS)
  if ((await sha256(bytes)) !== fields.text('tensorsHash')) throw damaged('its two files do not belong together', CHECKPOINT_TENSORS)
  const tensors = await readTensors(bytes, CHECKPOINT_TENSORS)
  return { run: readRun(fields.object('run')), checkpoint: readState(fields, tensors) }
}

/** Reads a run's description, wherever it is kept. */
export function readRun(fields: Fields): RunDescription<unknown> {
  const split = fields.object('split')
  return {
    run: fields.text('run'),
    name: fields.text('name'),
    startedAt: fields.text('startedAt'),
    base: readBase(fields),
    weights: readWeights(fields),
    settings: fields.raw('settings'),
    template: readTemplate(fields),
    dataset: readDataset(fields),
    planted: readPlanted(fields),
    begunWith: readBegunWith(fields),
    split: { validationFraction: split.amount('validationFraction'), seed: split.number('seed'), ...splitBy(split.raw('by')) },
    ...readRead(fields.raw('read')),
    steps: fields.count('steps'),
    ...readProbes(fields.raw('probes')),
  }
}

/** Runs of before have none. */
function readProbes(value: unknown): Pick<RunDescription<unknown>, 'probes'> {
  return Array.isArray(value) && value.every((line) => typeof line === 'string') ? { probes: value } : {}
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function readRead(value: unknown): Pick<RunDescription<unknown>, 'read'> {
  if (!isRecord(value)) return {}
  const { columns, encoding } = value
  return { read: { ...(typeof columns === 'string' && { columns }), ...(typeof encoding === 'string' && { encoding }) } }
}

const WAYS = ['file', 'group', 'row'] as const

function splitBy(value: unknown): Pick<RunDescription<unknown>['split'], 'by'> {
  const by = WAYS.find((way) => way === value)
  return by ? { by } : {}
}

function readState(fields: Fields, tensors: ReadonlyMap<string, Float32Array>): Checkpoint {
  const best = fields.raw('best') === null ? undefined : fields.object('best')
  const adapter = adapterFrom(readOutline(fields.object('adapter')), tensors, PREFIX.adapter)
  const firstMoment = tensorOf(tensors, FIRST)
  return {
    step: fields.count('step'),
    seed: fields.number('seed'),
    adapter,
    optimizer: {
      step: fields.count('optimizerStep'),
      firstMoment,
      secondMoment: tensorOf(tensors, SECOND, firstMoment.length),
    },
    best: best && {
      step: best.count('step'),
      loss: best.number('loss'),
      adapter: adapterFrom(readOutline(best.object('adapter')), tensors, PREFIX.best),
    },
    misses: fields.count('misses'),
    skippedTotal: fields.count('skippedTotal'),
    activeSeconds: fields.amount('activeSeconds'),
    rateChanges: readRateChanges(fields) ?? [],
    trainingLosses: fields.losses('trainingLosses'),
    validationLosses: fields.losses('validationLosses'),
  }
}

function needed(files: readonly FolderFile[], name: string): Uint8Array<ArrayBuffer> {
  const file = files.find(({ path }) => path === name)
  if (file) return file.bytes
  throw new HomespunError('checkpoint-missing', `This is no checkpoint: ${name} is missing.`, {
    where: name, fix: 'Give the folder that a stopped run wrote.',
  })
}

function damaged(why: string, where: string): HomespunError {
  return new HomespunError('checkpoint-damaged', `This checkpoint cannot be used: ${why}.`, {
    where, fix: 'Use an earlier checkpoint, or begin the run again.',
  })
}
