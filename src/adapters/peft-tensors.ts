/** PEFT's tensor names, and the check of a file's tensors against them, the rank and the model: everything wrong is listed. */
import { HomespunError } from '../errors.ts'
import { shownName } from '../hub/safetensors/header-json.ts'
import type { SafetensorsDtype, TensorLocation } from '../hub/types.ts'
import type { LinearModule } from './types.ts'

export const WEIGHTS_FILE = 'adapter_model.safetensors'
const PREFIX = 'base_model.model.'
const SUFFIX = { a: '.lora_A.weight', b: '.lora_B.weight' } as const
const DTYPES: readonly SafetensorsDtype[] = ['F32', 'F16', 'BF16']
/** A message stays readable, and bounded, where a file of a hundred thousand tensors is all wrong. */
const MOST_LISTED = 200

export type Side = keyof typeof SUFFIX

/** "model.layers.0.mlp.up_proj", a → "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight". */
export function tensorName(module: string, side: Side): string {
  return `${PREFIX}${module}${SUFFIX[side]}`
}

function parseName(name: string): { module: string; side: Side } | undefined {
  if (!name.startsWith(PREFIX)) return undefined
  for (const side of ['a', 'b'] as const) {
    if (name.endsWith(SUFFIX[side])) return { module: name.slice(PREFIX.length, -SUFFIX[side].length), side }
  }
  return undefined
}

export interface LocatedPair extends LinearModule {
  a: TensorLocation
  b: TensorLocation
}

/**
 * Pairs up the tensors of an adapter file: A [rank, in] with B [out, rank]. With `modules` given, they must fit the
 * model's linear layers, and come in the model's order. Throws 'adapter-tensors' listing every tensor that is unknown,
 * the base's own, misshaped, of another rank, of another type, or without its other half.
 */
export function pairTensors(
  tensors: readonly TensorLocation[], rank: number, modules: readonly LinearModule[] | undefined,
): LocatedPair[] {
  const problems: string[] = []
  const found = new Map<string, Partial<Record<Side, TensorLocation>>>()
  const known = modules && new Map(modules.map((module) => [module.module, module]))
  for (const tensor of tensors) {
    const parsed = parseName(tensor.name)
    const problem = parsed
      ? checkTensor(tensor, parsed.side, rank, known, parsed.module)
      : strangerProblem(tensor.name, modules)
    if (problem) problems.push(`${shownName(tensor.name)}: ${problem}`)
    if (parsed) found.set(parsed.module, { ...found.get(parsed.module), [parsed.side]: tensor })
  }
  const pairs: LocatedPair[] = []
  for (const [module, { a, b }] of found) {
    if (a && b) pairs.push({ module, inFeatures: a.shape[1] ?? 0, outFeatures: b.shape[0] ?? 0, ...known?.get(module), a, b })
    else problems.push(`${shownName(module)}: ${a ? 'A without its B' : 'B without its A'}`)
  }
  if (pairs.length === 0 && problems.length === 0) problems.push('the file holds no tensors')
  if (problems.length > 0) throw refusal(problems)
  return inOrder(pairs, modules)
}

function checkTensor(
  tensor: TensorLocation, side: Side, rank: number, known: Map<string, LinearModule> | undefined, name: string,
): string | undefined {
  const { shape, dtype } = tensor
  const module = known?.get(name)
  if (known && !module) return 'the model has no such linear layer'
  if (!DTYPES.includes(dtype)) return `its type is ${dtype}, not F32, F16 or BF16`
  const [ownRank, features] = side === 'a' ? shape : [shape[1], shape[0]]
  const shown = `its shape is [${shape.slice(0, 4).join(', ')}${shape.length > 4 ? ', …' : ''}]`
  if (shape.length !== 2 || !features) return `${shown}, not ${side === 'a' ? '[rank, in]' : '[out, rank]'}`
  if (ownRank !== rank) return `${shown}, but the rank in the configuration is ${rank}`
  const expected = side === 'a' ? module?.inFeatures : module?.outFeatures
  if (expected === undefined || features === expected) return undefined
  return `${shown}, but the model's layer has ${expected} ${side === 'a' ? 'inputs' : 'outputs'}`
}

/** What a name that is no A or B of a linear layer is. */
function strangerProblem(name: string, modules: readonly LinearModule[] | undefined): string {
  if (name.includes('lora_embedding_')) return 'an adapter on an embedding, which is not supported'
  if (name.includes('lora_') || name.includes('.modules_to_save.')) return 'a tensor that plain LoRA does not have'
  const own = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name
  const module = own.replace(/(\.base_layer)?\.(weight|bias)$/, '')
  const isBase = own.includes('.base_layer.') || (modules ?? []).some((other) => other.module === module)
  return isBase || /\.(weight|bias)$/.test(own) ? 'a weight of the base model, not of an adapter' : 'an unknown tensor'
}

function refusal(problems: string[]): HomespunError {
  const rest = problems.length - MOST_LISTED
  const list = problems.slice(0, MOST_LISTED).join('; ') + (rest > 0 ? `; and ${rest} more` : '')
  const what = problems.length === 1 ? 'A tensor of this adapter does not fit' : `${problems.length} tensors of this adapter do not fit`
  return new HomespunError('adapter-tensors', `${what}: ${list}.`, {
    where: WEIGHTS_FILE, fix: 'Open the model that it was made for, or export it again as plain LoRA.',
  })
}

function inOrder(pairs: LocatedPair[], modules: readonly LinearModule[] | undefined): LocatedPair[] {
  const place = new Map(modules?.map(({ module }, index) => [module, index]))
  return pairs.sort((x, y) => (place.get(x.module) ?? 0) - (place.get(y.module) ?? 0))
}
