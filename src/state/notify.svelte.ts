/** A notification when a run has ended, where the person asked for it and the browser lets the page. */
import { keepChoice, readChoice } from './choice.ts'

const KEY = 'homespun.notify'

export class Notify {
  /** False where the browser has no notifications. */
  readonly possible = 'Notification' in globalThis
  wanted = $state(false)
  /** The browser, or the person in it, said no: only there can it be changed. */
  denied = $state(false)
  /** The browser has notifications, but none from a page. */
  unheard = $state(false)

  constructor() {
    if (!this.possible) return
    this.denied = Notification.permission === 'denied'
    this.wanted = Notification.permission === 'granted' && readChoice(KEY) === 'yes'
  }

  /** To be called by a click alone: the browser asks the person then. */
  async want(wanted: boolean): Promise<void> {
    if (wanted && Notification.permission === 'default') await Notification.requestPermission()
    this.denied = Notification.permission === 'denied'
    this.wanted = wanted && Notification.permission === 'granted'
    keepChoice(KEY, this.wanted ? 'yes' : undefined)
  }

  /** Tells it, unless the person is looking at the page. */
  tell(title: string, body: string): void {
    if (!this.wanted || document.visibilityState === 'visible') return
    try {
      const notification = new Notification(title, { body, tag: 'homespun-run' })
      notification.onclick = () => {
        window.focus()
        notification.close()
      }
    } catch {
      // Chrome on Android has them from service workers only, and says so only here.
      this.unheard = true
      this.wanted = false
      keepChoice(KEY, undefined)
    }
  }
}
