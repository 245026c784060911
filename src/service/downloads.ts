/**
 * Models that were downloaded into this browser: listed, opened, deleted, all without a network. One that a tab has open is
 * held by a Web Lock, so that no other tab deletes it (F90).
 */
import { HomespunError } from '../errors.ts'
import type { ModelCache } from '../hub/cache/model-cache.ts'
import type { CachedModel } from '../hub/types.ts'
import type { ModelFiles } from './open-model.ts'

const HELD = 'homespun-model:'

export class Downloads {
  readonly #cache: ModelCache
  readonly #locks: LockManager | undefined
  #release: (() => void) | undefined

  constructor(cache: ModelCache, locks: LockManager | undefined) {
    this.#cache = cache
    this.#locks = locks
  }

  /** None where the browser keeps no files: there is nothing to list, and downloading will say why. */
  async list(): Promise<CachedModel[]> {
    try {
      return await this.#cache.list()
    } catch (error) {
      if (error instanceof HomespunError && error.code === 'storage-unavailable') return []
      throw error
    }
  }

  /** Throws 'model-not-cached', 'model-incomplete' (F100). */
  async files(id: string): Promise<ModelFiles> {
    const files = await this.#cache.open(id)
    return { files, name: (await this.#cache.find(id))?.model.repo }
  }

  /** Keeps a model from being deleted until another one is held; `undefined` lets go. */
  async hold(id: string | undefined): Promise<void> {
    this.#release?.()
    this.#release = undefined
    const locks = this.#locks
    if (!locks || id === undefined) return
    await new Promise<void>((held, refused) => {
      const until = new Promise<void>((release) => (this.#release = release))
      locks.request(HELD + id, { mode: 'shared' }, () => {
        held()
        return until
      }).catch(refused)
    })
  }

  /** Throws HomespunError 'model-in-use', 'file-in-use'. */
  async remove(id: string): Promise<void> {
    if (!this.#locks) return this.#cache.remove(id)
    const removed = await this.#locks.request(HELD + id, { ifAvailable: true }, async (lock) => {
      if (lock) await this.#cache.remove(id)
      return lock !== null
    })
    if (removed) return
    throw new HomespunError('model-in-use', 'This model is open, here or in another tab of this browser.', { fix: 'Open another one there, or close that tab, and delete it then.' })
  }
}
