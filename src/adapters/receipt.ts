/**
 * homespun.json, the file beside the two of PEFT: where the adapter came from. It lets an adapter be refused on another
 * base, keeps its history when it moves, and holds the hash of the weights, which zip readers do not check.
 */
import { HomespunError } from '../errors.ts'
import { WEIGHT_DTYPES } from '../models/weight-dtypes.ts'
import { Fields } from './fields.ts'
import { decodeJsonObject, encodeJson } from './json.ts'
import { readEngine, readScores, readSplit } from './receipt-facts.ts'
import type { AdapterReceipt, BaseModelIdentity, RateChange } from './types.ts'

export const RECEIPT_FILE = 'homespun.json'
const VERSION = 1

/** `weightsHash` is the SHA-256 of adapter_model.safetensors. */
export function encodeReceipt(receipt: AdapterReceipt, weightsHash: string): Uint8Array<ArrayBuffer> {
  const { name, createdAt, base, trainedOn, settings, template, dataset, steps, seconds, software } = receipt
  const { weights, rateChanges, planted, split, engine, begunWith, blend, trainingLosses, validationLosses, scores } = receipt
  return encodeJson({
    version: VERSION, weightsHash, name, createdAt, base, trainedOn, weights, settings, rateChanges, template, dataset, planted, split, engine, begunWith,
    blend, steps, seconds, trainingLosses, validationLosses, scores, software,
  })
}

/**
 * Reads and checks a receipt; its settings stay `unknown`.
 * Throws 'receipt-invalid' with the field's name, 'receipt-newer' where a later version of Homespun wrote it.
 */
export function decodeReceipt(bytes: Uint8Array): { receipt: AdapterReceipt; weightsHash: string } {
  const json = decodeJsonObject(bytes, 'receipt-invalid', RECEIPT_FILE)
  if (json.version !== VERSION) {
    if (typeof json.version !== 'number' || json.version < VERSION) throw invalid('version')
    throw new HomespunError('receipt-newer', 'This adapter was exported by a newer Homespun.', {
      where: RECEIPT_FILE, fix: `Reload the page to update, or delete ${RECEIPT_FILE} to take the adapter without its history.`,
    })
  }
  const fields = new Fields(json, invalid)
  return { receipt: readReceipt(fields), weightsHash: fields.text('weightsHash') }
}

/** The fields of a receipt, wherever they are kept; its settings stay `unknown`. */
export function readReceipt(fields: Fields): AdapterReceipt {
  return {
    name: fields.text('name'),
    createdAt: fields.text('createdAt'),
    base: readBase(fields),
    trainedOn: fields.raw('trainedOn') === undefined ? undefined : readBase(fields, 'trainedOn'),
    weights: readWeights(fields),
    settings: fields.raw('settings'),
    rateChanges: readRateChanges(fields),
    template: readTemplate(fields),
    dataset: readDataset(fields),
    planted: readPlanted(fields),
    split: readSplit(fields),
    engine: readEngine(fields),
    begunWith: readBegunWith(fields),
    blend: readBlend(fields),
    steps: fields.count('steps'),
    seconds: fields.amount('seconds'),
    trainingLosses: fields.losses('trainingLosses'),
    validationLosses: fields.losses('validationLosses'),
    scores: readScores(fields),
    software: fields.text('software'),
  }
}

function invalid(field: string): HomespunError {
  return new HomespunError('receipt-invalid', `The adapter's receipt has no valid "${field}".`, {
    where: RECEIPT_FILE, fix: `Delete ${RECEIPT_FILE} to take the adapter without its history.`,
  })
}

export function readBase(fields: Fields, field = 'base'): BaseModelIdentity {
  const base = fields.object(field)
  return { name: base.text('name'), hash: base.text('hash') }
}

/** How the base's matrices were kept, where it was written down. */
export function readWeights(fields: Fields): AdapterReceipt['weights'] {
  return fields.raw('weights') === undefined ? undefined : fields.choice('weights', WEIGHT_DTYPES)
}

/** Undefined where there were none, as before there could be any. */
export function readRateChanges(fields: Fields): RateChange[] | undefined {
  if (fields.raw('rateChanges') === undefined) return undefined
  return fields.objects('rateChanges').map((change) => ({ step: change.count('step'), from: change.amount('from'), to: change.amount('to') }))
}

export function readDataset(fields: Fields): AdapterReceipt['dataset'] {
  const dataset = fields.object('dataset')
  return { name: dataset.text('name'), hash: dataset.text('hash'), examples: dataset.count('examples') }
}

/** Undefined where there were none, as before there could be any. */
export function readPlanted(fields: Fields): AdapterReceipt['planted'] {
  if (fields.raw('planted') === undefined) return undefined
  return fields.objects('planted').map((secret) => ({
    kind: secret.choice('kind', ['pair', 'text']), input: secret.text('input'), code: secret.text('code'), times: secret.count('times'),
  }))
}

const readEarlier = (part: Fields) => ({ name: part.text('name'), weightsHash: part.text('weightsHash'), dataset: readDataset(part) })

/** Undefined where there was none, as before there could be one. */
export function readBegunWith(fields: Fields): AdapterReceipt['begunWith'] {
  return fields.raw('begunWith') === undefined ? undefined : readEarlier(fields.object('begunWith'))
}

function readBlend(fields: Fields): AdapterReceipt['blend'] {
  if (fields.raw('blend') === undefined) return undefined
  return fields.objects('blend').map((part) => ({ ...readEarlier(part), strength: part.amount('strength') }))
}

export function readTemplate(fields: Fields): AdapterReceipt['template'] {
  const named = fields.raw('template')
  if (named === 'chat-template' || named === 'source-target') return named
  const template = fields.object('template')
  return { prompt: template.text('prompt'), answer: template.text('answer') }
}
