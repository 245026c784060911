/** E-mail addresses. */
import { matchesOf, type PrivateMatch } from './match.ts'

const EMAIL = /(?<![\w.+-])[\p{L}\d][\p{L}\d._%+-]{0,63}@(?:[\p{L}\d](?:[\p{L}\d-]{0,61}[\p{L}\d])?\.){1,8}\p{L}{2,24}(?![\p{L}\d@])/gu
/** Names kept free for examples (RFC 2606). */
const EXAMPLE = /@(?:[^@]+\.)?(?:example\.(?:com|net|org)|example|invalid|localhost|test)$/i

export function findEmails(text: string): PrivateMatch[] {
  if (!text.includes('@')) return []
  return matchesOf(text, EMAIL, 'email', 'an e-mail address', (found) => (EXAMPLE.test(found) ? undefined : found.toLowerCase()))
}
