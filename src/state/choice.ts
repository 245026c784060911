/** A small choice of the person's, kept by name. Storage can be denied (private windows): it then lasts as long as the page. */

export function readChoice(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

export function keepChoice(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Nothing else depends on it.
  }
}
