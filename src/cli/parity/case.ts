/**
 * A parity case: a folder with a model, two PEFT adapters, inputs, hyperparameters, and what PyTorch and PEFT made of
 * them (tests/fixtures/goldens holds two). Everything is checked while it is read.
 */
import { basename, join } from 'node:path'
import { readPeftFolder } from '../../adapters/peft.ts'
import { readTensors } from '../../adapters/tensors.ts'
import type { LoraAdapter } from '../../adapters/types.ts'
import type { TokenizedExample } from '../../data/types.ts'
import { HomespunError } from '../../errors.ts'
import { modelFromConfig } from '../../models/index.ts'
import { exists, readBytes, readFolder } from '../folders.ts'
import { openCaseModel } from './case-model.ts'

export interface ParityCase {
  name: string
  /** Where config.json and the weights lie. */
  modelPath: string
  /** The sequences without their padding; weight 1 on targets. */
  examples: TokenizedExample[]
  /** Positions of each for which logits are expected. */
  lengths: number[]
  /** Positions of a padded sequence, T in the expected logits. */
  paddedLength: number
  /** What greedy tokens follow on: the beginnings of the sequences, or the sources of a model with an encoder. */
  prompts: number[][]
  learningRates: number[]
  weightDecay: number
  clipNorm: number
  init: LoraAdapter
  trained: LoraAdapter
  losses: number[]
  gradientNorms: number[]
  greedyBase: number[][]
  greedyTrained: number[][]
  /** base_logits, init_logits, trained_logits (N, T, V) and grad.<PEFT name>. */
  tensors: ReadonlyMap<string, Float32Array>
}

/** A folder's JSON with typed readings; a wrong one throws 'case-invalid' with the field. */
class CaseFile {
  readonly #values: Record<string, unknown>
  readonly #where: string

  constructor(bytes: Uint8Array, where: string) {
    this.#where = where
    try {
      this.#values = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    } catch (cause) {
      throw new HomespunError('case-invalid', 'This file is not readable JSON.', { where, cause })
    }
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  number(name: string): number {
    const value = this.#values[name]
    return typeof value === 'number' ? value : this.#refuse(name)
  }

  numbers(name: string): number[] {
    const value = this.#values[name]
    return isNumbers(value) ? value : this.#refuse(name)
  }

  rows(name: string): number[][] {
    const value = this.#values[name]
    return Array.isArray(value) && value.every(isNumbers) ? value : this.#refuse(name)
  }

  #refuse(name: string): never {
    throw new HomespunError('case-invalid', `This parity case has no usable "${name}".`, {
      where: this.#where,
      fix: 'Make the case again with goldens/make.py.',
    })
  }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number')
}

/** Throws 'folder-unreadable', 'file-unreadable', 'case-invalid', and what reading adapters and tensors throws. */
export async function readCase(folder: string): Promise<ParityCase> {
  const file = async (name: string) => new CaseFile(await readBytes(join(folder, name)), join(folder, name))
  const given = await file('case.json')
  const expected = await file('expected.json')
  const named = given.text('model')
  const modelPath = named === undefined ? folder : join(folder, named)
  if (!(await exists(join(modelPath, 'config.json')))) {
    throw new HomespunError('case-invalid', 'The model of this parity case is not there.', { where: modelPath })
  }
  const inputs = given.rows('input_ids').map((row, index) => row.slice(0, given.numbers('lengths')[index]))
  const labels = given.rows('labels')
  const { encoder } = modelFromConfig((await openCaseModel(modelPath)).config)
  return {
    name: given.text('name') ?? basename(folder),
    modelPath,
    ...(encoder ? sourcesAndTargets(inputs, labels, encoder.startToken) : sequences(inputs, labels, given.numbers('prompt_lengths'))),
    paddedLength: labels[0]?.length ?? 0,
    learningRates: given.numbers('lr'),
    weightDecay: given.number('weight_decay'),
    clipNorm: given.number('max_grad_norm'),
    init: (await readPeftFolder(await readFolder(join(folder, 'init')))).adapter,
    trained: (await readPeftFolder(await readFolder(join(folder, 'trained')))).adapter,
    losses: expected.numbers('losses'),
    gradientNorms: expected.numbers('grad_norms'),
    greedyBase: expected.rows('greedy_base'),
    greedyTrained: expected.rows('greedy_trained'),
    tensors: await readTensors(await readBytes(join(folder, 'expected.safetensors')), 'expected.safetensors'),
  }
}

type Sequences = Pick<ParityCase, 'examples' | 'lengths' | 'prompts'>

/** Labels stand at the place of their own token, as in Hugging Face; −100 carries no loss. */
function sequences(inputs: number[][], labels: number[][], promptLengths: number[]): Sequences {
  const examples = inputs.map((tokens, index) => ({
    row: index + 1,
    tokens: Uint32Array.from(tokens),
    weights: Float32Array.from((labels[index] ?? []).slice(0, tokens.length), (label) => (label >= 0 ? 1 : 0)),
    truncated: 0,
  }))
  return { examples, lengths: inputs.map(({ length }) => length), prompts: inputs.map((tokens, index) => tokens.slice(0, promptLengths[index])) }
}

/** With an encoder labels are all that is written, and each is predicted from the one before, the first from the start token. */
function sourcesAndTargets(sources: number[][], labels: number[][], startToken: number): Sequences {
  const targets = labels.map((row) => row.filter((label) => label >= 0))
  const examples = sources.map((source, index) => ({
    row: index + 1,
    source: Uint32Array.from(source),
    tokens: Uint32Array.of(startToken, ...(targets[index] ?? [])),
    weights: Float32Array.of(0, ...(targets[index] ?? []).map(() => 1)),
    truncated: 0,
  }))
  return { examples, lengths: targets.map(({ length }) => length), prompts: sources }
}
