/** What the cache notes of a model when its download begins: enough to go on with it, or to open it, without the hub. */
import { isJsonObject } from '../json-file.ts'
import type { FileHash, HubFile, HubModel } from '../types.ts'

const version = 1

/** Names that stay within their folder on every file system. */
const safeName = /^[\w.-]+$/
const hexOf: Record<FileHash['algorithm'], RegExp> = { sha256: /^[0-9a-f]{64}$/, 'git-sha1': /^[0-9a-f]{40}$/ }

/** "owner--name@commit": a repository at a commit, wherever it came from. */
export function modelId({ repo, commit }: Pick<HubModel, 'repo' | 'commit'>): string {
  return `${repo.replace('/', '--')}@${commit}`
}

/** Whether a text names a repository: "owner/name", or the bare name of an old one. */
export function isRepoName(text: string): boolean {
  const parts = text.split('/')
  return parts.length <= 2 && parts.every((part) => safeName.test(part) && !/^\.+$/.test(part))
}

export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text)
}

export function isFileHash({ algorithm, hex }: FileHash): boolean {
  return Object.hasOwn(hexOf, algorithm) && hexOf[algorithm].test(hex)
}

export function encodeManifest(model: HubModel): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ version, ...model }))
}

/** Undefined where the text is damaged, of a later version, or names what it must not. */
export function decodeManifest(text: string): HubModel | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(json) || json['version'] !== version || !Array.isArray(json['files'])) return undefined
  const { hub, repo, revision, commit, licence } = json
  const files = json['files'].map(decodeFile)
  const texts = [hub, repo, revision, commit]
  if (!texts.every((text) => typeof text === 'string') || files.some((file) => file === undefined)) return undefined
  const model = { hub, repo, revision, commit, files } as HubModel
  if (!isRepoName(model.repo) || !isCommit(model.commit)) return undefined
  return { ...model, licence: typeof licence === 'string' ? licence : undefined }
}

function decodeFile(json: unknown): HubFile | undefined {
  if (!isJsonObject(json) || !isJsonObject(json['hash'])) return undefined
  const { path, size } = json
  const hash = json['hash'] as unknown as FileHash
  if (typeof path !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined
  return typeof hash.hex === 'string' && isFileHash(hash) ? { path, size, hash } : undefined
}
