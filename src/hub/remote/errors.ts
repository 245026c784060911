/** What a hub's refusals mean, in words: the status alone does not tell a missing model from one that is kept back. */
import { HomespunError } from '../../errors.ts'

export interface Asked {
  hub: string
  repo: string
  /** The file, where one was asked for. */
  path?: string | undefined
  revision?: string | undefined
  withToken: boolean
}

function error(code: string, what: string, { repo, path }: Asked, fix: string): HomespunError {
  return new HomespunError(code, what, { where: path ? `${repo}, ${path}` : repo, fix })
}

/** The model is kept back until its conditions are agreed to. */
function gated(asked: Asked): HomespunError {
  const page = `${asked.hub}/${asked.repo}`
  if (asked.withToken) {
    const what = `${asked.repo} is gated, and the account of this token has not been let in.`
    return error('hub-gated', what, asked, `Sign in at ${page}, agree to its conditions, and try again once access is granted.`)
  }
  const what = `${asked.repo} is gated: its owner asks you to agree to conditions before you download it.`
  const fix = `Sign in at ${page} and agree to them. Then make a token with read access at ${asked.hub}/settings/tokens and give it here.`
  return error('hub-gated', what, asked, fix)
}

/** Reads the hub's own code where there is one (X-Error-Code), else the status. F28. */
export function refusal({ status, headers }: Response, asked: Asked): HomespunError {
  const code = headers.get('X-Error-Code')
  if (code === 'GatedRepo') return gated(asked)
  if (code === 'RevisionNotFound') {
    return error(
      'hub-revision-missing',
      `${asked.repo} has no revision “${asked.revision ?? ''}”.`,
      asked,
      'Use a branch, a tag or a commit that it has: most have “main”.',
    )
  }
  if (code === 'EntryNotFound' || (status === 404 && asked.path)) {
    return error(
      'hub-file-missing',
      'The hub lists this file, but does not have it.',
      asked,
      'Try again later, or choose another revision.',
    )
  }
  if (status === 401 && asked.withToken && code !== 'RepoNotFound') {
    return error(
      'hub-token-refused',
      'The hub does not accept this token.',
      asked,
      'Copy it again, or make a new one with read access.',
    )
  }
  // A hub answers 401 for names that it does not have, so as not to tell which private ones it has.
  if (status === 401 || status === 404) {
    const fix = asked.withToken
      ? 'Check the name, and that the token’s account may read it.'
      : 'Check the name, as “owner/name”. A private model needs a token.'
    return error('hub-model-missing', `There is no public model called ${asked.repo} on ${hostOf(asked.hub)}.`, asked, fix)
  }
  if (status === 403) {
    return error('hub-forbidden', 'The hub does not let this file out.', asked, 'Check on its page who may download it.')
  }
  if (status === 429) {
    return error(
      'hub-busy',
      'The hub asks to be left in peace for a while: too many requests came from this network.',
      asked,
      'Wait some minutes, then go on with the download.',
    )
  }
  return error(
    'hub-failed',
    `The hub answered with an error (${status}).`,
    asked,
    'Try again later: what has come so far is kept.',
  )
}

/** F28: a proxy's or a hotel's sign-in page answers everything with status 200. */
export function notTheFile(asked: Asked): HomespunError {
  const what = 'A web page came in place of the file.'
  return error(
    'hub-not-a-file',
    what,
    asked,
    'Often the network asks to be signed in to first: open any other page, sign in, and try again.',
  )
}

/** A request that got no answer a page may read: no network, a name that does not resolve, or a server without CORS. */
export function unreachable(asked: Asked, cause: unknown): HomespunError {
  if (cause instanceof HomespunError) return cause
  const { onLine } = (globalThis.navigator ?? {}) as { onLine?: boolean }
  if (onLine === false) {
    return new HomespunError('hub-offline', 'This machine is offline.', {
      where: asked.repo,
      fix: 'Connect it and go on: what has come so far is kept.',
      cause,
    })
  }
  const fix = 'Check the connection and the address. A server other than the hub must allow requests from pages (CORS).'
  return new HomespunError('hub-unreachable', `${hostOf(asked.hub)} did not answer.`, { where: asked.repo, fix, cause })
}

/** An answer that ended before the file did. */
export function cutOff(asked: Asked, cause: unknown): HomespunError {
  const what = `The connection to ${hostOf(asked.hub)} ended before the file did.`
  return new HomespunError('hub-cut-off', what, {
    where: asked.path ?? asked.repo,
    fix: 'Go on with the download: what has come so far is kept.',
    cause,
  })
}

export function hostOf(hub: string): string {
  return URL.canParse(hub) ? new URL(hub).host : hub
}
