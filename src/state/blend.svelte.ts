/** Several adapters speaking as one: which, and how strongly each. */
import type { AdapterRecord, BlendPart } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { formatShare } from './format.ts'
import { asTrouble, type Trouble } from './trouble.ts'

/** Of a name in the name of a blend. */
const LONGEST_NAME = 40

export class Blend {
  /** The person wants several to speak. */
  wanted = $state(false)
  /** By adapter: 0 is off, 1 as trained. */
  strengths = $state<Record<string, number>>({})
  failure = $state.raw<Trouble>()
  keeping = $state(false)
  #engine: Engine
  #fitting: () => readonly AdapterRecord[]
  #onKept: () => Promise<void>
  readonly fitting = $derived.by(() => this.#fitting())
  readonly on = $derived(this.wanted && this.fitting.length > 1)
  readonly parts = $derived<BlendPart[]>(
    this.fitting.map(({ id }) => ({ adapterId: id, strength: this.strengths[id] ?? 0 })).filter(({ strength }) => strength > 0),
  )
  /** "pirate 100 % + rhymes 50 %"; empty where nobody speaks. */
  readonly name = $derived(this.parts.map(({ adapterId, strength }) => `${this.#short(adapterId)} ${formatShare(strength)}`).join(' + '))

  constructor(engine: Engine, fitting: () => readonly AdapterRecord[], onKept: () => Promise<void>) {
    this.#engine = engine
    this.#fitting = fitting
    this.#onKept = onKept
  }

  /** Begins with one that speaks already; the others join it as the person moves them up. */
  begin(adapterId: string | undefined) {
    this.wanted = true
    if (this.parts.length === 0 && adapterId !== undefined) this.strengths[adapterId] = 1
  }

  /** The id by which the blend is asked. Throws what `blendAdapters` throws. */
  speak(): Promise<string> {
    return this.#engine.service.blendAdapters($state.snapshot(this.parts))
  }

  /** As an adapter of its own; undefined where that failed (`failure` says why). */
  async keep(): Promise<AdapterRecord | undefined> {
    this.failure = undefined
    this.keeping = true
    try {
      return await this.#engine.service.keepBlend($state.snapshot(this.parts), this.name)
    } catch (error) {
      this.failure = asTrouble(error)
      return undefined
    } finally {
      await this.#onKept()
      this.keeping = false
    }
  }

  #short(adapterId: string): string {
    const name = this.fitting.find(({ id }) => id === adapterId)?.name ?? ''
    return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1).trimEnd()}…` : name
  }
}
