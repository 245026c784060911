/** What a run is to do, from what is open or from what was kept: checked, and described before it begins. */
import { weightsHash } from '../adapters/peft.ts'
import type { EarlierAdapter, LoraAdapter } from '../adapters/types.ts'
import { decodeExamples } from '../data/edit/codec.ts'
import { exampleLength } from '../data/render/cut.ts'
import { HomespunError } from '../errors.ts'
import { checkSettings, defaultSettings, totalSteps, type RunFacts } from '../train/settings.ts'
import type { TrainingEvent, TrainingSettings } from '../train/types.ts'
import type { EngineRoom } from './engine-room.ts'
import { OpenData, type SplitSettings } from './open-data.ts'
import { checkBase, linearEndings, type OpenModel } from './open-model.ts'
import { lightened } from './lighten.ts'
import type { HostPort, TuningStore } from './ports.ts'
import { plannedRun, preflightOf, type Intention } from './preflight.ts'
import { StepTimes } from './step-times.ts'
import type { Shelf } from './shelf.ts'
import { checkSameModel, type RunOrder } from './training.ts'
import type { Allowance, Lightening, Preflight } from './types.ts'

export interface RunOrdersParts {
  room: EngineRoom
  shelf: Shelf
  store: TuningStore
  host: HostPort
  /** The open data; throws where there is none. */
  data: () => OpenData
  dataNow: () => OpenData | undefined
}

/** An order without the one who listens. */
export type BareOrder = Omit<RunOrder, 'onEvent'>

export class RunOrders {
  readonly #parts: RunOrdersParts
  readonly #times: StepTimes
  /** Counts the measurements that were ended. */
  #cancelled = 0

  constructor(parts: RunOrdersParts) {
    this.#parts = parts
    this.#times = new StepTimes(parts.host.clock)
  }

  #facts(data: OpenData, model: OpenModel, maxLength: number): RunFacts {
    const { contextLength } = model.loaded
    return { examples: data.training(maxLength, model).length, contextLength, linearModules: linearEndings(model.loaded) }
  }

  async defaults(): Promise<TrainingSettings> {
    const [data, model] = [this.#parts.data(), await this.#parts.room.model()]
    const examples = data.training(model.loaded.contextLength, model)
    const longest = examples.reduce((most, example) => Math.max(most, exampleLength(example)), 0)
    const facts = this.#facts(data, model, model.loaded.contextLength)
    return defaultSettings({ ...facts, parameters: model.loaded.parameters, longest })
  }

  async #intention(settings: TrainingSettings, probes: readonly string[]): Promise<Intention> {
    const { room } = this.#parts
    const [data, model, device] = [this.#parts.data().forRun(settings), await room.model(), await room.device()]
    const facts = this.#facts(data, model, settings.maxLength)
    checkSettings(settings, facts)
    return { data, model, device, settings, facts, probes }
  }

  async preflight(settings: TrainingSettings, probes: readonly string[]): Promise<Preflight> {
    return preflightOf(await this.#intention(settings, probes), this.#times)
  }

  /** Work that measures steps of such a run and foretells it again; nothing comes of it where `signal` or `cancelMeasuring` ended it. */
  measurement(settings: TrainingSettings, probes: readonly string[]): (signal: AbortSignal) => Promise<Preflight | undefined> {
    const begun = this.#cancelled
    return async (signal) => {
      const intention = await this.#intention(settings, probes)
      const whole = await this.#times.measure(plannedRun(intention), () => signal.aborted || begun !== this.#cancelled)
      return whole ? preflightOf(intention, this.#times) : undefined
    }
  }

  async lighten(settings: TrainingSettings, allowance: Allowance): Promise<Lightening[]> {
    return lightened(await this.#intention(settings, []), allowance)
  }

  cancelMeasuring(): void {
    this.#cancelled++
  }

  /**
   * A run on what is open; `beginWith` names an adapter that it goes on from, whose rank, alpha and layers it then has.
   * Throws HomespunError where the settings do not fit model and data, 'adapter-not-found', 'adapter-other-base'.
   */
  async fresh(asked: TrainingSettings, name: string, beginWith?: string): Promise<BareOrder> {
    const [data, model] = [this.#parts.data().forRun(asked), await this.#parts.room.model()]
    const earlier = beginWith === undefined ? undefined : await this.#earlier(beginWith, model)
    const settings = earlier ? { ...asked, lora: { ...earlier.begin.config, dropout: asked.lora.dropout } } : asked
    const facts = this.#facts(data, model, settings.maxLength)
    checkSettings(settings, facts)
    const { name: dataName, examples } = data.dataset
    const { host } = this.#parts
    return {
      settings, data, from: undefined, begin: earlier?.begin,
      description: {
        run: host.newId(), name: name.trim() || dataName, startedAt: host.now(), base: model.identity, weights: model.weights, settings,
        template: data.template(model), dataset: { name: dataName, hash: await data.identity(), examples: examples.length },
        ...(data.secrets.length > 0 && { planted: data.secrets }), begunWith: earlier?.begunWith, split: data.splitSettings, steps: totalSteps(facts.examples, settings),
      },
    }
  }

  async #earlier(id: string, model: OpenModel): Promise<{ begin: LoraAdapter; begunWith: EarlierAdapter }> {
    const { record, adapter } = await this.#parts.shelf.get(id)
    checkBase(record.base, model)
    return { begin: adapter, begunWith: { name: record.name, weightsHash: await weightsHash(adapter), dataset: record.dataset } }
  }

  /** A run that was settled before, as it begins. Throws HomespunError 'run-other-model', 'run-other-weights'. */
  async queued(order: BareOrder): Promise<BareOrder> {
    checkSameModel(order.description, await this.#parts.room.model())
    return { ...order, description: { ...order.description, startedAt: this.#parts.host.now() } }
  }

  /** A kept run with its own data, split and template, whatever is open beside. Throws 'run-not-found', 'run-other-model', 'run-other-data'. */
  async kept(run: string, onEvent: (event: TrainingEvent) => void): Promise<BareOrder> {
    const { store, room } = this.#parts
    const kept = await store.checkpoints.latest(run)
    const settings = kept?.run.settings
    if (!kept || !settings) {
      throw new HomespunError('run-not-found', 'This run is not kept any more.', { fix: 'Start it anew.' })
    }
    checkSameModel(kept.run, await room.model())
    if (kept.problem) onEvent({ kind: 'warning', message: `${kept.problem.what} The run goes on from the checkpoint before it.` })
    const { dataset, split, template } = kept.run
    const open = this.#parts.dataNow()?.forRun(settings)
    const data = open && (await open.identity()) === dataset.hash ? open : await this.#keptData(dataset, split)
    return { description: kept.run, settings, data: data.asOf(split, template), from: kept.checkpoint }
  }

  async #keptData({ name, hash }: { name: string; hash: string }, split: SplitSettings): Promise<OpenData> {
    const rows = await this.#parts.store.datasets.get(hash)
    if (rows) return new OpenData({ name, hash, examples: decodeExamples(rows), findings: [] }, split)
    throw new HomespunError('run-other-data', `This run learns from ${name}, which is not open.`, {
      fix: 'Open that file, unchanged, and resume.',
    })
  }
}
