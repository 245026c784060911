/** The dataset that is open: read, split, rendered with a template, and laid out for a run. */
import { runBatches, type RunBatches } from '../data/batch/source.ts'
import { datasetLayout, exampleColumns } from '../data/example.ts'
import { readDataset } from '../data/read/read-dataset.ts'
import { cutExample, exampleLength } from '../data/render/cut.ts'
import { checkTemplate, defaultTemplate, DEFAULT_PLAIN_TEMPLATE } from '../data/render/template.ts'
import { previewTokens, tokenizeExamples, type TokenizedDataset } from '../data/render/tokenize.ts'
import { dividedByFile, splitDataset, type DatasetSplit } from '../data/split.ts'
import type { Dataset, DatasetPart, PlainTemplate, PreviewToken, Template, TokenizedExample } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { totalSteps } from '../train/settings.ts'
import type { TrainingSettings } from '../train/types.ts'
import { checkTokens, type OpenModel } from './open-model.ts'
import type { DatasetRow, DatasetSummary } from './types.ts'

export interface SplitSettings {
  validationFraction: number
  seed: number
}

/** An example cut to `maxLength` tokens; undefined where nothing of its answer is left. */
function cut(example: TokenizedExample, maxLength: number): TokenizedExample | undefined {
  const shorter = cutExample(example, maxLength)
  return shorter.weights.some((weight) => weight > 0) ? shorter : undefined
}

/** A dataset with its split; a template; and, for the model it was last asked about, its tokens. */
export class OpenData {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly dataset: Dataset
  readonly splitSettings: SplitSettings
  readonly #split: DatasetSplit
  readonly #validation: ReadonlySet<number>
  #chosen: PlainTemplate | undefined
  #tokens: { model: OpenModel; data: TokenizedDataset } | undefined

  constructor(bytes: Uint8Array<ArrayBuffer>, dataset: Dataset, splitSettings: SplitSettings, chosen?: PlainTemplate) {
    this.bytes = bytes
    this.dataset = dataset
    this.splitSettings = splitSettings
    this.#split = splitDataset(dataset.examples, splitSettings.validationFraction, splitSettings.seed)
    this.#validation = new Set(this.#split.validation)
    this.#chosen = chosen
  }

  /** Throws what `readDataset` and `splitDataset` throw. */
  static async read(bytes: Uint8Array<ArrayBuffer>, name: string, split: SplitSettings): Promise<OpenData> {
    return new OpenData(bytes, await readDataset(bytes, name), split)
  }

  /** The same data as a kept run had it: its split and its template. */
  asOf(split: SplitSettings, template: Template): OpenData {
    return new OpenData(this.bytes, this.dataset, split, typeof template === 'string' ? undefined : template)
  }

  /** The rows that the file itself puts on one side, as data of their own, nothing of it set aside. */
  only(part: DatasetPart): OpenData {
    const examples = this.dataset.examples.filter((example) => (example.part ?? 'training') === part)
    return new OpenData(this.bytes, { ...this.dataset, examples }, { ...this.splitSettings, validationFraction: 0 }, this.#chosen)
  }

  /** Throws HomespunError 'template-incomplete'. */
  choose(template: PlainTemplate): void {
    checkTemplate(template)
    this.#chosen = template
    this.#tokens = undefined
  }

  /** The template chosen by hand, else the model's own, else the plain one. A model with an encoder has no choice. */
  template(model: OpenModel | undefined): Template {
    const own = model && defaultTemplate(model.tokenizer)
    return own === 'source-target' ? own : (this.#chosen ?? own ?? DEFAULT_PLAIN_TEMPLATE)
  }

  #tokenized(model: OpenModel): TokenizedDataset {
    if (this.#tokens?.model !== model) {
      const data = tokenizeExamples(this.dataset.examples, model.tokenizer, this.template(model), Infinity)
      for (const example of data.examples) {
        checkTokens(example?.source ?? [], model)
        checkTokens(example?.tokens ?? [], model)
      }
      this.#tokens = { model, data }
    }
    return this.#tokens.data
  }

  summary(model: OpenModel | undefined): DatasetSummary {
    const { name, hash, examples, findings } = this.dataset
    const tokens = model && this.#tokenized(model)
    const tokenLengths = tokens?.examples.map((example) => (example ? exampleLength(example) : 0))
    const contextLength = model?.loaded.contextLength ?? Infinity
    return {
      name, hash, examples: examples.length, tokenLengths,
      layout: datasetLayout(examples),
      training: this.#split.training.length,
      validation: this.#split.validation.length,
      dividedByFile: dividedByFile(examples),
      findings: [...findings, ...(tokens?.findings ?? [])].sort((one, two) => one.row - two.row),
      tooLong: tokenLengths?.filter((length) => length > contextLength).length ?? 0,
      template: this.template(model),
    }
  }

  rows(from: number, count: number): DatasetRow[] {
    return this.dataset.examples.slice(from, from + count).map((example, i) => ({
      row: example.row, part: this.#validation.has(from + i) ? 'validation' : 'training', ...exampleColumns(example),
    }))
  }

  /** Throws HomespunError 'no-such-row' and what the chat template throws. */
  preview(index: number, maxLength: number, model: OpenModel): PreviewToken[] {
    const example = this.dataset.examples[index]
    if (!example) throw new HomespunError('no-such-row', `There is no example ${index + 1}.`, { fix: 'Choose one of the table.' })
    return previewTokens(example, model.tokenizer, this.template(model), maxLength)
  }

  #part(indices: readonly number[], maxLength: number, model: OpenModel): TokenizedExample[] {
    const { examples } = this.#tokenized(model)
    return indices.flatMap((index) => {
      const example = examples[index]
      return (example && cut(example, maxLength)) ?? []
    })
  }

  /** Training examples with something to learn, cut to `maxLength`. */
  training(maxLength: number, model: OpenModel): TokenizedExample[] {
    return this.#part(this.#split.training, maxLength, model)
  }

  /** Every micro-batch of a run. Throws what `runBatches` throws. */
  batches(settings: TrainingSettings, model: OpenModel): RunBatches {
    const training = this.training(settings.maxLength, model)
    const { batchSize, accumulate, seed } = settings
    const steps = totalSteps(training.length, settings)
    return runBatches(training, this.#part(this.#split.validation, settings.maxLength, model), { batchSize, accumulate, seed, steps })
  }
}
