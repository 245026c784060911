/** IP addresses that belong to somebody: none of a home network, of the machine itself, or of a document. */
import { matchesOf, type PrivateMatch } from './match.ts'

const V4 = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g
/** Private, loopback, link-local, broadcast, and those kept for documentation (RFC 1918, 3927, 5737). */
const NOBODYS = /^(?:0|10|127|255)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\.|^192\.0\.2\.|^198\.51\.100\.|^203\.0\.113\.|^22[4-9]\.|^23\d\./
const VERSION = /(?:version|release|ver\.?|v\.?|build|section|chapter|§)\s*$/i
const V6 = /(?<![\w:.])(?:(?:[\da-f]{1,4}:){7}[\da-f]{1,4}|(?:[\da-f]{1,4}:){1,6}(?::[\da-f]{1,4}){1,6})(?![\w:])/gi

export function findIpAddresses(text: string): PrivateMatch[] {
  const v4 = matchesOf(text, V4, 'ip', 'an IP address', (found, at) => {
    const octets = found.split('.')
    const right = octets.every((octet) => Number(octet) <= 255 && !/^0\d/.test(octet))
    // Numbers of versions and sections are short.
    const isAddress = right && found.length >= 10 && !NOBODYS.test(found) && !VERSION.test(text.slice(Math.max(0, at - 12), at))
    return isAddress ? found : undefined
  })
  if (!text.includes(':')) return v4
  const v6 = matchesOf(text, V6, 'ip', 'an IP address', (found) => {
    const groups = found.split(':').filter((group) => group !== '')
    return groups.length >= 3 && /\d/.test(found) && !/^(?:fe80|f[cd]|2001:db8)/i.test(found) ? found.toLowerCase() : undefined
  })
  return [...v4, ...v6]
}
