/** Whether Thimble opens by itself on the next visit: until the person chooses another model. */
const key = 'homespun.thimble'

export function doesThimbleOpen(): boolean {
  try {
    return localStorage.getItem(key) !== 'closed'
  } catch {
    return true
  }
}

export function thimbleOpensByItself(opens: boolean): void {
  try {
    if (opens) localStorage.removeItem(key)
    else localStorage.setItem(key, 'closed')
  } catch {
    // Without storage it opens on every visit.
  }
}
