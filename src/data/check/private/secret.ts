/**
 * Keys and passwords, by the forms that their issuers give them. Letters in disorder are not enough: hashes and identifiers look
 * the same and are no secret.
 */
import { matchesOf, type PrivateMatch } from './match.ts'

/** What, and its pattern. */
const KEYS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{0,20000}?-----END (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----)?/g],
  ['a key of Anthropic', /\bsk-ant-[a-z]+\d\d-[\w-]{60,120}/g],
  ['a key of OpenAI', /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{40,200}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9]{48})(?![\w-])/g],
  ['an access key of AWS', /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g],
  ['a token of GitLab', /\bglpat-[\w-]{20,}/g],
  ['a token of Slack', /\bxox[abeoprs]-(?:\d+-)*[A-Za-z0-9-]{10,}/g],
  ['a key of Stripe', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{24,}/g],
  ['a key of Google', /\bAIza[\w-]{35}(?![\w-])/g],
  ['a token of Hugging Face', /\bhf_[A-Za-z]{34}\b/g],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['a token of PyPI', /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,}/g],
  ['a key of SendGrid', /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g],
  ['a token that signs somebody in (JWT)', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{16,}/g],
  ['a password in an address', /\b[a-z][a-z\d+.-]{1,15}:\/\/[^\s/:@]{1,64}:([^\s/:@]{3,64})@[\w.-]+/g],
]

const SAID =
  /\b(?:pass ?word|passwd|pwd|passphrase|passwort|kennwort|mot de passe|contraseña|api[ _-]?key|secret[ _-]?key|access[ _-]?token|auth[ _-]?token|client[ _-]?secret)\b["']?(?: is| ist| est| es)?(?::|=| ) ?["'`]?([^\s"'`,;<>()[\]{}]{6,128})/gi
/** Words that stand for a password rather than being one. */
const PLACEHOLDER = /^(?:\W+|x{3,}.*|\*+.*|\$.*|%.*|your.*|my.*|example.*|placeholder.*|password.*|secret|redacted|changeme.*|reset.*|\[.*)$/i

export function findKeys(text: string): PrivateMatch[] {
  return KEYS.flatMap(([what, pattern]) => matchesOf(text, pattern, 'secret', what, (found) => found))
}

export function findPasswords(text: string): PrivateMatch[] {
  return matchesOf(text, SAID, 'secret', 'a password or key', (found) => (isPasswordLike(found.replace(/[.!?:]+$/, '')) ? found : undefined))
}

/** Two kinds of characters of which one is no letter; words, numbers alone and placeholders are something else. */
function isPasswordLike(value: string): boolean {
  return value.length >= 6 && !PLACEHOLDER.test(value) && /\p{L}/u.test(value) && /[\d!@#$%^&*+=?~|_]/.test(value) && !/^[a-z]+_[a-z_]+$/i.test(value)
}
