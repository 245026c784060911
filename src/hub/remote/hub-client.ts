/**
 * A hub's interface as Hugging Face has it: what a model is made of, and what there is by a search. Any base address that
 * answers the same way will do. No request goes anywhere else but where the hub redirects to; browsers and Node drop the
 * token on a redirect to another origin.
 */
import { HomespunError } from '../../errors.ts'
import { isJsonObject } from '../json-file.ts'
import { isCommit, isFileHash, isRepoName } from '../cache/manifest.ts'
import type { FileHash, HubDescription, HubFile, HubModel } from '../types.ts'
import { hostOf, notTheFile, refusal, unreachable, type Asked } from './errors.ts'
import { neededFiles } from './needed-files.ts'

export const HUGGING_FACE = 'https://huggingface.co'

export interface HubConnection {
  /** Base address: "https://huggingface.co", a mirror, a school's server. */
  hub: string
  token?: string | undefined
  fetch: typeof fetch
}

/** A base address as it is kept: no slash at its end. Throws HomespunError 'hub-address'. */
export function checkHub(address: string, token?: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
    throw new HomespunError('hub-address', 'This is not the address of a hub.', {
      where: address,
      fix: 'Write it as https://huggingface.co is written.',
    })
  }
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (token && url.protocol === 'http:' && !local) {
    throw new HomespunError('hub-insecure', 'A token is not sent over plain http, where others on the network could read it.', {
      where: address,
      fix: 'Use an https:// address, or no token.',
    })
  }
  return url.href.replace(/\/+$/, '')
}

/** The address of a file at a commit. */
export function fileAddress({ hub, repo, commit }: Pick<HubModel, 'hub' | 'repo' | 'commit'>, path: string): string {
  return `${hub}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`
}

export function headersFor({ token }: HubConnection): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {}
}

/** Asks the hub for JSON. Throws HomespunError 'hub-…'. */
export async function askJson(connection: HubConnection, address: string, asked: Asked): Promise<unknown> {
  const response = await connection
    .fetch(address, { headers: { Accept: 'application/json', ...headersFor(connection) } })
    .catch((cause: unknown) => {
      throw unreachable(asked, cause)
    })
  if (!response.ok) throw refusal(response, asked)
  const text = await response.text().catch((cause: unknown) => {
    throw unreachable(asked, cause)
  })
  try {
    return JSON.parse(text)
  } catch {
    if (/^\s*</.test(text)) throw notTheFile(asked)
    throw notAHub(connection.hub)
  }
}

/**
 * Looks a model up: its commit, its files with sizes and hashes, its licence, and its config. Downloads nothing else.
 * Throws HomespunError 'hub-…', and what `neededFiles` throws.
 */
export async function describeModel(connection: HubConnection, repo: string, revision = 'main'): Promise<HubDescription> {
  const hub = checkHub(connection.hub, connection.token)
  const asked: Asked = { hub, repo, revision, withToken: connection.token !== undefined }
  if (!isRepoName(repo)) {
    throw new HomespunError('hub-name', 'This is not the name of a model.', {
      where: repo,
      fix: 'Names are written owner/name, as HuggingFaceTB/SmolLM2-135M.',
    })
  }
  const info = await askJson(connection, `${hub}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`, asked)
  if (!isJsonObject(info) || typeof info['sha'] !== 'string' || !isCommit(info['sha']) || !Array.isArray(info['siblings'])) {
    throw notAHub(hub)
  }
  const siblings = new Map(info['siblings'].filter(isJsonObject).map((sibling) => [String(sibling['rfilename']), sibling]))
  const pinned = { hub, repo, commit: info['sha'] }
  const files = await Promise.all(
    neededFiles([...siblings.keys()]).map((path) => describeFile(connection, pinned, path, siblings.get(path)!, asked)),
  )
  const card = isJsonObject(info['cardData']) ? info['cardData'] : {}
  const gated = info['gated'] === 'auto' || info['gated'] === 'manual'
  return {
    model: { ...pinned, revision, licence: licenceOf(card, info['tags']), files },
    gated,
    languages: textsOf(card['language']),
    config: await readConfig(connection, pinned, gated, asked),
  }
}

/** Size and hash from the listing; where the server's listing has none, from the file's own headers. */
async function describeFile(
  connection: HubConnection,
  model: Pick<HubModel, 'hub' | 'repo' | 'commit'>,
  path: string,
  listed: Record<string, unknown>,
  asked: Asked,
): Promise<HubFile> {
  const lfs = isJsonObject(listed['lfs']) ? listed['lfs'] : undefined
  const hash = lfs ? hashOf(lfs['sha256']) : hashOf(listed['blobId'])
  const size = lfs?.['size'] ?? listed['size']
  if (hash && typeof size === 'number') return { path, size, hash }
  const about = { ...asked, path }
  const response = await connection
    .fetch(fileAddress(model, path), { method: 'HEAD', headers: headersFor(connection) })
    .catch((cause: unknown) => {
      throw unreachable(about, cause)
    })
  if (!response.ok) throw refusal(response, about)
  // Behind a redirect the ETag is the file server's own, whatever it looks like.
  const tag = response.headers.get('X-Linked-Etag') ?? (response.redirected ? null : response.headers.get('ETag'))
  const tagged = hashOf(tag?.replace(/^W\/|"/g, ''))
  const bytes = Number(response.headers.get('X-Linked-Size') ?? response.headers.get('Content-Length') ?? NaN)
  if (tagged && Number.isSafeInteger(bytes)) return { path, size: bytes, hash: tagged }
  throw new HomespunError(
    'hub-no-hash',
    'This server does not say what the file must hash to, so a download could not be checked.',
    {
      where: `${asked.repo}, ${path}`,
      fix: 'Use a server that answers as the Hugging Face hub does, or download the model yourself and open its folder.',
    },
  )
}

/** 64 hex digits are SHA-256, 40 are git's SHA-1 of a small file. */
function hashOf(value: unknown): FileHash | undefined {
  if (typeof value !== 'string') return undefined
  const hash: FileHash = { algorithm: value.length === 64 ? 'sha256' : 'git-sha1', hex: value.toLowerCase() }
  return isFileHash(hash) ? hash : undefined
}

/** A field of a card is a text or a list of them. */
function textsOf(field: unknown): string[] {
  const values: unknown[] = Array.isArray(field) ? field : [field]
  return values.filter((value): value is string => typeof value === 'string')
}

/** "license:" of the card, else of the tags, which servers keep where they drop the card. */
function licenceOf(card: Record<string, unknown>, tags: unknown): string | undefined {
  const [named] = textsOf(card['license'])
  // "other" says nothing: the name that goes with it does.
  if (named === 'other' && typeof card['license_name'] === 'string') return card['license_name']
  return (
    named ??
    textsOf(tags)
      .find((tag) => tag.startsWith('license:'))
      ?.slice('license:'.length)
  )
}

async function readConfig(
  connection: HubConnection,
  model: Pick<HubModel, 'hub' | 'repo' | 'commit'>,
  gated: boolean,
  asked: Asked,
): Promise<Record<string, unknown> | undefined> {
  try {
    const config = await askJson(connection, fileAddress(model, 'config.json'), { ...asked, path: 'config.json' })
    return isJsonObject(config) ? config : undefined
  } catch (error) {
    if (gated && error instanceof HomespunError && error.code === 'hub-gated') return undefined
    throw error
  }
}

export function notAHub(hub: string): HomespunError {
  const what = `${hostOf(hub)} does not answer as a hub of models does.`
  return new HomespunError('hub-not-a-hub', what, {
    where: hub,
    fix: 'Check the address. Leave it empty to use the Hugging Face hub.',
  })
}
