/** A dataset with its split, rendered with a template and laid out for a run. */
import { sha256 } from '../adapters/digest.ts'
import type { RowsUsed } from '../adapters/types.ts'
import { runBatches, type RunBatches } from '../data/batch/source.ts'
import { datasetLayout } from '../data/example.ts'
import { encodeExamples } from '../data/edit/codec.ts'
import { readDataset } from '../data/read/read-dataset.ts'
import { cutExample } from '../data/render/cut.ts'
import { checkTemplate, defaultTemplate, DEFAULT_PLAIN_TEMPLATE } from '../data/render/template.ts'
import { previewTokens } from '../data/render/tokenize.ts'
import { possibleSplits, splitDataset, waySplit, type DatasetSplit, type SplitSettings } from '../data/split.ts'
import { makeSecrets, plantSecrets } from '../data/secrets.ts'
import type { Dataset, DatasetPart, Example, Finding, PlainTemplate, PlantedSecret, PreviewToken, ReadOptions, Template, TokenizedExample } from '../data/types.ts'
import { countLengths } from '../data/lengths.ts'
import { HomespunError } from '../errors.ts'
import { totalSteps } from '../train/settings.ts'
import type { TrainingSettings } from '../train/types.ts'
import { DataTokens, type TokenMemory } from './data-tokens.ts'
import type { OpenModel } from './open-model.ts'
import type { DatasetSummary } from './types.ts'

export type { SplitSettings } from '../data/split.ts'

/** An example cut to `maxLength` tokens; undefined where nothing of its answer is left. */
function cut(example: TokenizedExample, maxLength: number): TokenizedExample | undefined {
  const shorter = cutExample(example, maxLength)
  return shorter.weights.some((weight) => weight > 0) ? shorter : undefined
}

/** Tokens that the loss looks at: nothing foretells the first one. */
export function targetsOf(examples: readonly TokenizedExample[]): number {
  return examples.reduce((sum, { weights }) => sum + weights.subarray(1).reduce((count, weight) => count + Number(weight > 0), 0), 0)
}

export class OpenData {
  readonly dataset: Dataset
  readonly splitSettings: SplitSettings
  readonly split: DatasetSplit
  readonly #edited: boolean
  readonly #validation: ReadonlySet<number>
  #chosen: PlainTemplate | undefined
  #tokens: DataTokens | undefined
  /** Of these examples, or of those before an edit. */
  #memory: TokenMemory | undefined
  #identity: Promise<string> | undefined
  /** As a run with these secrets has it. */
  #planted: { asked: string; data: OpenData } | undefined
  /** Those that were planted in it. */
  secrets: readonly PlantedSecret[] = []

  /** `edited`: the examples are no longer those that `dataset.hash` names. */
  constructor(dataset: Dataset, splitSettings: SplitSettings, chosen?: PlainTemplate, edited = false) {
    this.dataset = dataset
    this.splitSettings = splitSettings
    this.split = splitDataset(dataset.examples, splitSettings)
    this.#validation = new Set(this.split.validation)
    this.#chosen = chosen
    this.#edited = edited
  }

  /** Throws what `readDataset` and `splitDataset` throw. */
  static async read(bytes: Uint8Array<ArrayBuffer>, name: string, split: SplitSettings, options: ReadOptions = {}): Promise<OpenData> {
    return new OpenData(await readDataset(bytes, name, options), split)
  }

  /** The same examples, divided in another way. */
  dividedBy(split: SplitSettings): OpenData {
    const other = new OpenData(this.dataset, split, this.#chosen, this.#edited)
    other.#tokens = this.#tokens
    return other
  }

  /** The same data as a kept run had it: its split and its template. */
  asOf(split: SplitSettings, template: Template): OpenData {
    return new OpenData(this.dataset, split, typeof template === 'string' ? undefined : template, this.#edited)
  }

  /**
   * What a run with these settings learns from: this, or this with the secrets that they ask for in its training part. The same
   * settings give the same rows, under an identity of their own.
   */
  forRun({ plantSecrets: times = [], seed }: Pick<TrainingSettings, 'plantSecrets' | 'seed'>): OpenData {
    if (times.length === 0) return this
    const asked = JSON.stringify([times, seed])
    if (this.#planted?.asked !== asked) {
      const { examples } = this.dataset
      const secrets = makeSecrets(times, seed, datasetLayout(examples) === 'text' ? 'text' : 'pair')
      const data = this.with(plantSecrets(examples, secrets), true)
      data.secrets = secrets
      this.#planted = { asked, data }
    }
    return this.#planted.data
  }

  /** Other examples, with what was found on reading them; otherwise the same. */
  with(examples: Example[], edited: boolean, findings: Finding[] = this.dataset.findings): OpenData {
    const other = new OpenData({ ...this.dataset, examples, findings }, this.splitSettings, this.#chosen, edited)
    other.#memory = this.#memory ?? this.#tokens?.memory
    return other
  }

  /** The same, under another name. */
  called(name: string): OpenData {
    const other = new OpenData({ ...this.dataset, name }, this.splitSettings, this.#chosen, this.#edited)
    other.#tokens = this.#tokens
    other.#memory = this.#memory
    return other
  }

  /** The rows that the file itself puts on one side, as data of their own, nothing of it set aside. */
  only(part: DatasetPart): OpenData {
    const examples = this.dataset.examples.filter((example) => (example.part ?? 'training') === part)
    return new OpenData({ ...this.dataset, examples }, { ...this.splitSettings, validationFraction: 0 }, this.#chosen, true)
  }

  /** SHA-256 of the file's bytes, or, where rows were changed since, of the examples as they are kept. */
  identity(): Promise<string> {
    if (!this.#edited) return Promise.resolve(this.dataset.hash)
    this.#identity ??= sha256(this.rows())
    return this.#identity
  }

  /** The examples as they are kept. */
  rows(): Uint8Array<ArrayBuffer> {
    return encodeExamples(this.dataset.examples)
  }

  /** Throws HomespunError 'template-incomplete'. */
  choose(template: PlainTemplate): void {
    checkTemplate(template)
    this.#chosen = template
    this.#tokens = undefined
    this.#memory = undefined
    this.#planted = undefined
  }

  /** The template chosen by hand, else the model's own, else the plain one. A model with an encoder has no choice. */
  template(model: OpenModel | undefined): Template {
    const own = model && defaultTemplate(model.tokenizer)
    return own === 'source-target' ? own : (this.#chosen ?? own ?? DEFAULT_PLAIN_TEMPLATE)
  }

  /** The examples as this model's tokens. They are counted when first asked for, or before, in slices, by `DataTokens.count`. */
  tokens(model: OpenModel): DataTokens {
    if (this.#tokens?.memory.model !== model) {
      const known = this.#memory?.model === model ? this.#memory : undefined
      this.#memory = known ?? { model, template: this.template(model), of: new WeakMap() }
      this.#tokens = new DataTokens(this.dataset.examples, this.#memory)
    }
    return this.#tokens
  }

  isValidation(index: number): boolean {
    return this.#validation.has(index)
  }

  get validation(): ReadonlySet<number> {
    return this.#validation
  }

  /** Lengths and what they show are there once the tokens were counted. */
  summary(model: OpenModel | undefined): DatasetSummary {
    const { name, hash, examples, findings, columns, encoding } = this.dataset
    const tokens = model && this.tokens(model)
    const counted = tokens?.lengths
    const contextLength = model?.loaded.contextLength ?? Infinity
    return {
      name, hash, examples: examples.length, lengths: counted && countLengths(counted),
      layout: datasetLayout(examples),
      training: this.split.training.length,
      validation: this.split.validation.length,
      splits: possibleSplits(examples),
      splitSettings: this.splitSettings,
      findings: [...findings, ...(tokens?.findings ?? [])].sort((one, two) => one.row - two.row),
      tooLong: counted?.filter((length) => length > contextLength).length ?? 0,
      targetTokens: tokens?.targetTokens,
      template: this.template(model),
      ...(columns && { columns }),
      ...(encoding && { encoding }),
    }
  }

  /** Throws HomespunError 'no-such-row' and what the chat template throws. */
  preview(index: number, maxLength: number, model: OpenModel): PreviewToken[] {
    const example = this.dataset.examples[index]
    if (!example) throw new HomespunError('no-such-row', `There is no example ${index + 1}.`, { fix: 'Choose one of the table.' })
    return previewTokens(example, model.tokenizer, this.template(model), maxLength)
  }

  /** One example as a run reads it; undefined where there is nothing to learn in it. */
  tokenized(index: number, maxLength: number, model: OpenModel): TokenizedExample | undefined {
    const example = this.tokens(model).at(index)
    // A secret without its code would test nothing.
    const most = this.dataset.examples[index]?.planted ? model.loaded.contextLength : maxLength
    return example && cut(example, most)
  }

  #part(indices: readonly number[], maxLength: number, model: OpenModel): TokenizedExample[] {
    return indices.flatMap((index) => this.tokenized(index, maxLength, model) ?? [])
  }

  /** Training examples with something to learn, cut to `maxLength`. */
  training(maxLength: number, model: OpenModel): TokenizedExample[] {
    return this.#part(this.split.training, maxLength, model)
  }

  /** What a run has to learn, and how it is told apart from what is kept aside. */
  divided(maxLength: number, model: OpenModel): RowsUsed {
    const training = this.training(maxLength, model)
    const { seed, by } = this.splitSettings
    return {
      training: training.length, validation: this.split.validation.length, by: waySplit(this.dataset.examples, by), seed,
      targetTokens: targetsOf(training), layout: datasetLayout(this.dataset.examples),
    }
  }

  /** Every micro-batch of a run. Throws what `runBatches` throws. */
  batches(settings: TrainingSettings, model: OpenModel): RunBatches {
    const training = this.training(settings.maxLength, model)
    const { batchSize, accumulate, seed } = settings
    const steps = totalSteps(training.length, settings)
    return runBatches(training, this.#part(this.split.validation, settings.maxLength, model), { batchSize, accumulate, seed, steps })
  }
}
