/** All that this browser keeps, as a whole: backed up to a file, put back, erased. */
import { proxy } from 'comlink'
import type { Backup, LoadProgress, RestoreReport } from '../service/types.ts'
import type { Engine } from './engine.svelte.ts'
import { forgetRemembered, rememberedChoices, takeChoices } from './remembered.ts'
import { asTrouble, type Trouble } from './trouble.ts'

interface Reactions {
  /** Before anything is read or erased: what was deleted goes for good. */
  onBegin: () => Promise<void>
  /** Downloads end, which hold their files open. */
  onErase: () => Promise<void>
  /** Something was put back: there is something to lose. */
  onRestored: () => Promise<void>
}

export type RestoreOutcome = RestoreReport & { choices: { added: number; differ: number } }

export class Everything {
  progress = $state.raw<LoadProgress>()
  saved = $state.raw<Backup>()
  restored = $state.raw<RestoreOutcome>()
  failure = $state.raw<Trouble>()
  /** Nothing is kept any more, and the page can only be begun anew. */
  erased = $state(false)
  #engine: Engine
  #reactions: Reactions

  constructor(engine: Engine, reactions: Reactions) {
    this.#engine = engine
    this.#reactions = reactions
  }

  /** The file to hand to the person, unless it is in `target`; nothing where it failed (`failure` says why). */
  async backUp(target?: FileSystemFileHandle): Promise<Backup | undefined> {
    return this.#do('getting ready', async () => {
      this.saved = await this.#engine.service.backUp(rememberedChoices(), this.#listener(), target)
      return this.saved
    })
  }

  async restore(file: File): Promise<void> {
    await this.#do('reading the backup', async () => {
      const report = await this.#engine.service.restore(file, this.#listener())
      this.restored = { ...report, choices: takeChoices(report.settings) }
      await this.#reactions.onRestored()
    })
  }

  async erase(): Promise<void> {
    await this.#do('erasing', async () => {
      await this.#reactions.onErase()
      await this.#engine.service.erase()
      await forgetRemembered()
      this.erased = true
    })
  }

  #listener() {
    return proxy((progress: LoadProgress) => {
      if (this.progress) this.progress = progress
    })
  }

  async #do<T>(phase: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.progress) return undefined
    this.progress = { phase, bytes: 0, totalBytes: 0 }
    this.saved = undefined
    this.restored = undefined
    this.failure = undefined
    try {
      await this.#reactions.onBegin()
      return await work()
    } catch (error) {
      this.failure = asTrouble(error)
      return undefined
    } finally {
      this.progress = undefined
    }
  }
}
