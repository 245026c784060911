/** A dataset as one model's tokens: made in slices, so that what else the worker is asked is answered in between. */
import { exampleLength, exampleTokens } from '../data/render/cut.ts'
import { tokenizeExamples } from '../data/render/tokenize.ts'
import type { Example, Finding, Template, TokenizedExample } from '../data/types.ts'
import { checkTokens, type OpenModel } from './open-model.ts'

/** About this long, in milliseconds, is worked before others have their turn. */
const SLICE_MS = 25
/** Rows between two looks at the clock. */
const ROWS = 16
/** Once so many tokens are held, further rows are counted, and made again when a run wants them. */
const MOST_HELD = 12_000_000

interface Counted {
  /** Undefined where it cannot be trained on. */
  tokens: TokenizedExample | 'not held' | undefined
  length: number
  targets: number
  findings: readonly Finding[]
}

/** What is known of examples that stay the same objects while others are edited. */
export interface TokenMemory {
  model: OpenModel
  template: Template
  of: WeakMap<Example, Counted>
}

export class DataTokens {
  readonly memory: TokenMemory
  readonly #examples: readonly Example[]
  readonly #lengths: Uint32Array
  #findings: Finding[] = []
  #targets = 0
  #held = 0
  #done = 0

  constructor(examples: readonly Example[], memory: TokenMemory) {
    this.#examples = examples
    this.memory = memory
    this.#lengths = new Uint32Array(examples.length)
  }

  get counted(): boolean {
    return this.#done === this.#examples.length
  }

  /** By example, in tokens; 0 where it cannot be trained on. Undefined until all are counted. */
  get lengths(): Uint32Array | undefined {
    return this.counted ? this.#lengths : undefined
  }

  /** Tokens that the model learns to write, over all rows. */
  get targetTokens(): number | undefined {
    return this.counted ? this.#targets : undefined
  }

  get findings(): readonly Finding[] {
    return this.#findings
  }

  /** Counts what is not yet counted. Stops early where `goOn` says so. Throws 'token-outside-vocabulary'. */
  async count(onProgress: (share: number) => void, goOn: () => boolean): Promise<void> {
    while (!this.counted && goOn()) {
      const end = performance.now() + SLICE_MS
      while (!this.counted && performance.now() < end) this.#countSome(ROWS)
      onProgress(this.#done / Math.max(1, this.#examples.length))
      await new Promise((resolve) => setTimeout(resolve))
    }
  }

  /** All at once, where nobody waits in between. */
  countAll(): this {
    if (!this.counted) this.#countSome(this.#examples.length)
    return this
  }

  /** Of one example, whole; undefined where it cannot be trained on. */
  at(index: number): TokenizedExample | undefined {
    const example = this.countAll().#examples[index]
    if (!example) return undefined
    const known = this.memory.of.get(example)?.tokens
    return known === 'not held' ? this.#tokenize(example).tokens : known
  }

  #countSome(rows: number): void {
    const from = this.#done
    for (const [offset, example] of this.#examples.slice(from, from + rows).entries()) {
      const counted = this.memory.of.get(example) ?? this.#remember(example)
      this.#lengths[from + offset] = counted.length
      this.#targets += counted.targets
      this.#findings.push(...counted.findings)
      this.#done++
    }
  }

  #remember(example: Example): Counted {
    const { tokens, findings } = this.#tokenize(example)
    const size = tokens ? exampleTokens(tokens) : 0
    const held = this.#held + size <= MOST_HELD
    if (held) this.#held += size
    const counted: Counted = {
      tokens: tokens && !held ? 'not held' : tokens, findings,
      length: tokens ? exampleLength(tokens) : 0,
      targets: tokens ? tokens.weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0) : 0,
    }
    this.memory.of.set(example, counted)
    return counted
  }

  #tokenize(example: Example): { tokens: TokenizedExample | undefined; findings: readonly Finding[] } {
    const { model, template } = this.memory
    const { examples: [tokens], findings } = tokenizeExamples([example], model.tokenizer, template, Infinity)
    checkTokens(tokens?.source ?? [], model)
    checkTokens(tokens?.tokens ?? [], model)
    return { tokens, findings }
  }
}
