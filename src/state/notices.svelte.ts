/** The one place for news that belongs to no room: a lost device, storage that may be cleared, an adapter that was kept. */
import type { Room } from './navigation.svelte.ts'
import type { Trouble } from './trouble.ts'

export interface Notice {
  id: number
  tone: 'trouble' | 'news'
  message: Trouble
  action: { label: string; run: () => void } | undefined
  /** The room that says the same itself: the notice is not shown there. */
  saidIn: Room | undefined
}

export class Notices {
  list = $state.raw<Notice[]>([])
  #next = 1

  /** A notice of the same code replaces the one before: the latest word counts. */
  add(tone: Notice['tone'], message: Trouble, action?: Notice['action'], saidIn?: Room) {
    const others = this.list.filter((notice) => notice.message.code !== message.code)
    this.list = [...others, { id: this.#next++, tone, message, action, saidIn }]
  }

  dismiss(id: number) {
    this.list = this.list.filter((notice) => notice.id !== id)
  }
}
