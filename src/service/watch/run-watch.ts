/** Looks in on a run at its boundaries: what has changed in its weights, what it answers by now, which rows are hard, what it forgets. */
import { loraScale } from '../../adapters/scale.ts'
import type { LoraAdapter } from '../../adapters/types.ts'
import { weightChange } from '../../adapters/weight-change.ts'
import { packMicroBatch } from '../../data/batch/pack.ts'
import type { Template, TokenizedExample } from '../../data/types.ts'
import { HomespunError } from '../../errors.ts'
import { weightNorms } from '../../runtime/weight-norms.ts'
import { SHARE_OF_LOOKING } from '../../train/seconds.ts'
import type { ModuleChange, TrainingEvent, TrainingStep } from '../../train/types.ts'
import type { OpenModel } from '../open-model.ts'
import type { WatchedEngine } from '../watched-engine.ts'
import { Forgetting } from './forgetting.ts'
import { Probes, readProbe, type Probe } from './probes.ts'
import { isOfTexts, watchedRows, wishedAnswer, type WatchedData, type WatchedRow } from './watched-rows.ts'

/** On the processor whatever answers holds a copy of all weights; a larger one would be felt. */
const MOST_COPIED_BYTES = 256 * 2 ** 20

/** Whether a model is asked anything while it learns. */
export function maySpeak(device: WatchedEngine, model: OpenModel): boolean {
  return device.report.kind !== 'onnx' || model.loaded.bytesOnGpu <= MOST_COPIED_BYTES
}

export interface RunWatchParts extends WatchedData {
  device: WatchedEngine
  step: Pick<TrainingStep, 'evaluate'>
  template: Template
  /** What the model is asked: lines as `readProbe` reads them. */
  probes: readonly string[]
  /** Seconds on a clock that never goes back. */
  clock: () => number
  onEvent: (event: TrainingEvent) => void
}

export class RunWatch {
  readonly #parts: RunWatchParts
  readonly #begun: number
  readonly #asked: readonly Probe[]
  readonly #probes: Probes
  readonly #forgetting: Forgetting
  #spent = 0
  #norms: Promise<ReadonlyMap<string, number>> | undefined
  #rows: readonly WatchedRow[] | undefined
  #failed = false
  #toldTooLarge = false

  constructor(parts: RunWatchParts) {
    this.#parts = parts
    this.#begun = parts.clock()
    this.#asked = parts.probes.map(readProbe)
    this.#probes = new Probes({ ...parts, fromTexts: isOfTexts(parts.data), prompts: this.#asked.map(({ prompt }) => prompt) })
    this.#forgetting = new Forgetting(parts.model, parts.device)
  }

  /**
   * Measures pairs and rows, asks every probe, unless looking has taken its share of the time; `must` looks anyway.
   * What fails is told once and not tried again: the run is worth more. Throws HomespunError 'gpu-lost' alone.
   */
  async look(step: number, readAdapter: () => Promise<LoraAdapter>, must: boolean): Promise<void> {
    const begin = this.#parts.clock()
    if (this.#failed || (!must && this.#spent > SHARE_OF_LOOKING * (begin - this.#begun))) return
    try {
      await this.#lookAt(step, await readAdapter())
    } catch (error) {
      if (error instanceof HomespunError && error.code === 'gpu-lost') throw error
      this.#failed = true
      const why = error instanceof Error ? error.message : String(error)
      this.#parts.onEvent({ kind: 'warning', message: `The run goes on, but it cannot be looked into on the way: ${why}` })
    }
    this.#spent += this.#parts.clock() - begin
  }

  async #lookAt(step: number, adapter: LoraAdapter): Promise<void> {
    const { onEvent } = this.#parts
    onEvent({ kind: 'weights', step, modules: await this.#changes(adapter) })
    this.#rows ??= watchedRows(this.#parts)
    const rows = []
    for (const { example, ...row } of this.#rows) rows.push({ ...row, loss: await this.#loss(example) })
    onEvent({ kind: 'rows', step, rows })
    if (!this.#maySpeak()) return
    const untrained = adapter.pairs.every(({ b }) => b.every((value) => value === 0))
    onEvent({ kind: 'divergence', step, divergence: untrained ? 0 : await this.#forgetting.measure(adapter) })
    if (this.#asked.length === 0) return
    const asked = await this.#probes.ask(adapter, untrained)
    onEvent({ kind: 'probes', step, ...asked, wished: await this.#wished() })
  }

  /** Where it may not, that is told once. */
  #maySpeak(): boolean {
    const { device, model, onEvent } = this.#parts
    if (maySpeak(device, model)) return true
    if (!this.#toldTooLarge) {
      const message = 'On the processor a model of this size is not asked anything while it learns, since its weights would be in memory twice. Ask it when the run has ended.'
      onEvent({ kind: 'warning', message })
    }
    this.#toldTooLarge = true
    return false
  }

  /** Mean loss over the example's target tokens, by the step that also trains. */
  async #loss(example: TokenizedExample): Promise<number> {
    const { device, step, layout } = this.#parts
    const { lossSum, weightSum } = await device.guard(step.evaluate(packMicroBatch([example], layout)))
    return lossSum / weightSum
  }

  async #wished() {
    const all = []
    for (const probe of this.#asked) {
      const wished = wishedAnswer(probe, this.#parts)
      all.push(wished && { text: wished.text, probability: Math.exp(-(await this.#loss(wished.example))) })
    }
    return all
  }

  async #changes({ config, pairs }: LoraAdapter): Promise<ModuleChange[]> {
    this.#norms ??= weightNorms(this.#parts.model.folder, pairs.map(({ module }) => module))
    const norms = await this.#norms
    return pairs.map((pair) => {
      const change = weightChange(pair, loraScale(config))
      const norm = norms.get(pair.module)
      return { module: pair.module, share: norm ? change.norm / norm : undefined, ...change }
    })
  }
}
