/** Which hub is asked, and as whom: the address is kept in this browser, the token only where the person asks for it. */
import type { HubAddress } from '../service/hub-types.ts'

export const HUGGING_FACE = 'https://huggingface.co'
const keys = { hub: 'homespun.hub', token: 'homespun.hub-token' }

export class HubSettings {
  hub = $state(read(keys.hub) ?? HUGGING_FACE)
  token = $state(read(keys.token) ?? '')
  keepToken = $state(read(keys.token) !== undefined)

  get address(): HubAddress {
    return this.at(this.hub)
  }

  /** "huggingface.co": how the page names it. */
  readonly host = $derived(URL.canParse(this.hub) ? new URL(this.hub).host : this.hub)

  /** A token belongs to the hub that it was given for: no other one sees it. */
  at(hub: string): HubAddress {
    const token = this.token.trim()
    return { hub, token: token === '' || hub !== this.hub ? undefined : token }
  }

  /** Empty: Hugging Face's. Another hub has no use for the token of the one before. */
  useHub(address: string) {
    const hub = address.trim().replace(/\/+$/, '') || HUGGING_FACE
    if (hub === this.hub) return
    this.hub = hub
    keep(keys.hub, hub === HUGGING_FACE ? undefined : hub)
    this.useToken('', false)
  }

  useToken(token: string, keepIt: boolean) {
    this.token = token.trim()
    this.keepToken = keepIt && this.token !== ''
    keep(keys.token, this.keepToken ? this.token : undefined)
  }
}

/** Storage can be denied (private windows, blocked cookies): what is set then lasts as long as the page. */
function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

function keep(key: string, value: string | undefined) {
  try {
    if (value === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Nothing else depends on it.
  }
}
