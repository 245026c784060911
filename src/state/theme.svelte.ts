/** Light or dark: the system's choice until the person makes one, which is then kept. */

export type Theme = 'light' | 'dark'

const key = 'homespun.theme'

/** Storage can be denied (private windows, blocked cookies): the choice then lasts as long as the page. */
function readChoice(): Theme | undefined {
  try {
    const stored = localStorage.getItem(key)
    return stored === 'light' || stored === 'dark' ? stored : undefined
  } catch {
    return undefined
  }
}

export class ThemeChoice {
  #system = $state<Theme>('light')
  #chosen = $state<Theme>()
  current = $derived(this.#chosen ?? this.#system)

  constructor() {
    const query = window.matchMedia('(prefers-color-scheme: dark)')
    const follow = () => (this.#system = query.matches ? 'dark' : 'light')
    follow()
    query.addEventListener('change', follow)
    this.#chosen = readChoice()
    this.#apply()
  }

  toggle() {
    this.#chosen = this.current === 'dark' ? 'light' : 'dark'
    try {
      localStorage.setItem(key, this.#chosen)
    } catch {
      // Without storage the choice is not kept; nothing else depends on it.
    }
    this.#apply()
  }

  #apply() {
    if (this.#chosen) document.documentElement.dataset['theme'] = this.#chosen
  }
}
