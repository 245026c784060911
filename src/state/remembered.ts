/** What the page itself remembers of a person's choices: for a backup, and to be forgotten. */

const PREFIX = 'homespun.'
/** A backup may be handed on, or come from someone else: which hub is asked, and as whom, stays where it was set. */
const HERE_ONLY = ['homespun.hub', 'homespun.hub-token']
const LONGEST = 200

function stored(storage: Storage): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').filter((key) => key.startsWith(PREFIX))
}

/** Storage can be denied (private windows, blocked cookies): then there is nothing. */
function orNothing<T>(work: () => T, nothing: T): T {
  try {
    return work()
  } catch {
    return nothing
  }
}

/** The choices that go into a backup. */
export function rememberedChoices(): Record<string, string> {
  const keys = orNothing(() => stored(localStorage), []).filter((key) => !HERE_ONLY.includes(key))
  return Object.fromEntries(keys.map((key) => [key, localStorage.getItem(key) ?? '']))
}

/** Takes choices of a backup where none was made here. Those that differ stay as they are here. */
export function takeChoices(choices: Record<string, string>): { added: number; differ: number } {
  const usable = Object.entries(choices).filter(([key, value]) => key.startsWith(PREFIX) && !HERE_ONLY.includes(key) && value.length <= LONGEST)
  return orNothing(() => {
    const missing = usable.filter(([key]) => localStorage.getItem(key) === null)
    const differ = usable.filter(([key, value]) => (localStorage.getItem(key) ?? value) !== value)
    for (const [key, value] of missing) localStorage.setItem(key, value)
    return { added: missing.length, differ: differ.length }
  }, { added: 0, differ: 0 })
}

/** Forgets every choice, and the files of the page that the browser keeps. */
export async function forgetRemembered(): Promise<void> {
  for (const storage of [localStorage, sessionStorage]) for (const key of stored(storage)) storage.removeItem(key)
  for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name)
}
