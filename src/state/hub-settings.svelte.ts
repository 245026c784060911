/** Which hub is asked, and as whom: the address is kept in this browser, the token only where the person asks for it. */
import type { HubAddress } from '../service/hub-types.ts'
import { keepChoice, readChoice } from './choice.ts'

export const HUGGING_FACE = 'https://huggingface.co'
const keys = { hub: 'homespun.hub', token: 'homespun.hub-token' }

export class HubSettings {
  hub = $state(readChoice(keys.hub) ?? HUGGING_FACE)
  token = $state(readChoice(keys.token) ?? '')
  keepToken = $state(readChoice(keys.token) !== undefined)

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
    keepChoice(keys.hub, hub === HUGGING_FACE ? undefined : hub)
    this.useToken('', false)
  }

  useToken(token: string, keepIt: boolean) {
    this.token = token.trim()
    this.keepToken = keepIt && this.token !== ''
    keepChoice(keys.token, this.keepToken ? this.token : undefined)
  }
}
