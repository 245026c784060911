/** Light or dark: the system's choice until the person makes one, which is then kept. */
import { keepChoice, readChoice } from './choice.ts'

export type Theme = 'light' | 'dark'

const key = 'homespun.theme'

function chosenBefore(): Theme | undefined {
  const stored = readChoice(key)
  return stored === 'light' || stored === 'dark' ? stored : undefined
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
    this.#chosen = chosenBefore()
    this.#apply()
  }

  toggle() {
    this.#chosen = this.current === 'dark' ? 'light' : 'dark'
    keepChoice(key, this.#chosen)
    this.#apply()
  }

  #apply() {
    if (this.#chosen) document.documentElement.dataset['theme'] = this.#chosen
  }
}
