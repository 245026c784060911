/**
 * A server that behaves as the Hugging Face hub does: its listing, its search, its refusals and their codes, large files on
 * another origin that allows no preflighted request, ETags, ranges. And it fails in the ways that networks do, as it is told.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { gitHashOf, sha256Of, type ServedFile } from './hub-files.ts'

export interface ServedModel {
  repo: string
  /** Newest last: "main" is the last. */
  commits: { commit: string; files: Record<string, ServedFile> }[]
  gated?: boolean
  licence?: string
  family?: string
  parameters?: number
  languages?: string[]
  /** Left out of the listing's file entries: sizes and hashes come from HEAD then. */
  bareListing?: boolean
}

/** What goes wrong with an answer, told by `HubServer.fault`. */
export type Fault =
  | { kind: 'status'; status: number; code?: string }
  | { kind: 'html' }
  /** The connection ends after so much of what was asked for. */
  | { kind: 'cut'; fraction: number }
  /** Waits until `release` resolves, once `after` bytes of the file have gone out, or the first ones. */
  | { kind: 'stalls'; release: Promise<void>; after?: number }
  | { kind: 'other-bytes'; file: ServedFile; sameTag?: boolean }
  | { kind: 'no-ranges' }
  | { kind: 'no-cors' }

export interface Recorded {
  origin: 'hub' | 'files'
  method: string
  url: string
  headers: IncomingMessage['headers']
  /** Bytes of the body that were written. */
  sent: number
}

/** Access tokens that it knows; the second belongs to an account that has not been let in. */
export const TOKEN = 'hf_known'
export const STRANGER = 'hf_stranger'

const exposed = 'X-Repo-Commit,X-Error-Code,X-Error-Message,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag'
const pieceBytes = 1 << 16

export class HubServer {
  readonly requests: Recorded[] = []
  models: ServedModel[]
  /** Asked for every request of a file's bytes, and of the hub's answers. */
  fault: (request: Recorded) => Fault | undefined = () => undefined
  readonly #hub: Server
  readonly #files: Server
  readonly #hashes = new Map<ServedFile, string>()

  private constructor(models: ServedModel[]) {
    this.models = models
    this.#hub = createServer((request, response) => this.#answer('hub', request, response))
    this.#files = createServer((request, response) => this.#answer('files', request, response))
  }

  static async start(models: ServedModel[]): Promise<HubServer> {
    const server = new HubServer(models)
    for (const one of [server.#hub, server.#files]) {
      one.listen(0, '127.0.0.1')
      await once(one, 'listening')
    }
    return server
  }

  get url(): string {
    return address(this.#hub)
  }

  /** Where large files are redirected to. */
  get filesUrl(): string {
    return address(this.#files)
  }

  async close(): Promise<void> {
    for (const one of [this.#hub, this.#files]) {
      one.closeAllConnections()
      one.close()
    }
  }

  /** Requests for one file's bytes, at the place where they came from. */
  fetched(path: string): Recorded[] {
    return this.requests.filter(
      ({ method, url, origin }) => method === 'GET' && url.includes(`/${path}`) && (origin === 'files' || !this.#isLarge(path)),
    )
  }

  #isLarge(path: string): boolean {
    return this.models.some(({ commits }) => commits.some(({ files }) => files[path]?.large))
  }

  #hashOf(file: ServedFile): string {
    const known = this.#hashes.get(file) ?? (file.large ? sha256Of(file) : gitHashOf(file))
    this.#hashes.set(file, known)
    return known
  }

  #answer(origin: Recorded['origin'], request: IncomingMessage, response: ServerResponse): void {
    const recorded = { origin, method: request.method ?? '', url: request.url ?? '', headers: request.headers, sent: 0 }
    this.requests.push(recorded)
    const fault = this.fault(recorded)
    if (fault?.kind !== 'no-cors') {
      response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*')
      response.setHeader('Access-Control-Expose-Headers', exposed)
    }
    if (request.method === 'OPTIONS') return this.#preflight(origin, request, response)
    if (fault?.kind === 'status') return refuse(response, fault.status, fault.code)
    if (fault?.kind === 'html') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      response.end('<!doctype html><title>Sign in to the network</title>')
      return
    }
    const url = new URL(recorded.url, 'http://hub')
    if (origin === 'files') return this.#serveLarge(url, recorded, response, fault)
    if (url.pathname === '/api/models') return json(response, this.#search(url.searchParams))
    const info = /^\/api\/models\/(.+)\/revision\/([^/]+)$/.exec(url.pathname)
    if (info) return this.#info(info[1]!, decodeURIComponent(info[2]!), recorded, response)
    const resolve = /^\/(.+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname)
    if (resolve) return this.#resolve(resolve[1]!, resolve[2]!, decodeURIComponent(resolve[3]!), recorded, response, fault)
    refuse(response, 404)
  }

  /** As the real ones: the hub allows any header, the file servers have no answer to a preflight. */
  #preflight(origin: Recorded['origin'], request: IncomingMessage, response: ServerResponse): void {
    if (origin === 'files') return refuse(response, 403)
    response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? '')
    response.setHeader('Access-Control-Allow-Methods', 'GET,HEAD')
    response.writeHead(204).end()
  }

  #commit({ commits }: ServedModel, revision: string) {
    return revision === 'main' ? commits.at(-1) : commits.find(({ commit }) => commit === revision)
  }

  #search(query: URLSearchParams) {
    const words = (query.get('search') ?? '').toLowerCase()
    return this.models
      .filter(({ repo }) => repo.toLowerCase().includes(words))
      .map(({ repo, gated, family, licence, parameters }) => ({
        _id: repo,
        id: repo,
        gated: gated ? 'manual' : false,
        downloads: 100,
        tags: ['transformers', 'safetensors', ...(licence ? [`license:${licence}`] : [])],
        ...(family ? { config: { model_type: family } } : {}),
        ...(parameters ? { safetensors: { total: parameters } } : {}),
      }))
  }

  #info(repo: string, revision: string, { headers }: Recorded, response: ServerResponse): void {
    const model = this.models.find((one) => one.repo === repo)
    if (!model) return refuse(response, headers.authorization ? 404 : 401, headers.authorization ? 'RepoNotFound' : undefined)
    const found = this.#commit(model, revision)
    if (!found) return refuse(response, 404, 'RevisionNotFound')
    const siblings = Object.entries(found.files).map(([rfilename, file]) => {
      if (model.bareListing) return { rfilename }
      const hash = this.#hashOf(file)
      return file.large
        ? { rfilename, size: file.size, blobId: 'a'.repeat(40), lfs: { sha256: hash, size: file.size, pointerSize: 134 } }
        : { rfilename, size: file.size, blobId: hash }
    })
    json(response, {
      _id: repo,
      id: repo,
      sha: found.commit,
      gated: model.gated ? 'manual' : false,
      private: false,
      siblings,
      cardData: { ...(model.licence ? { license: model.licence } : {}), language: model.languages ?? [] },
      tags: [],
    })
  }

  #resolve(
    repo: string,
    revision: string,
    path: string,
    recorded: Recorded,
    response: ServerResponse,
    fault: Fault | undefined,
  ): void {
    const model = this.models.find((one) => one.repo === repo)
    const found = model && this.#commit(model, revision)
    const file = found?.files[path]
    if (!model || !found) return refuse(response, 404, 'RevisionNotFound')
    const token = recorded.headers.authorization
    if (token && ![TOKEN, STRANGER].some((known) => token === `Bearer ${known}`)) return refuse(response, 401)
    if (model.gated && token !== `Bearer ${TOKEN}`) return refuse(response, token ? 403 : 401, 'GatedRepo')
    response.setHeader('X-Repo-Commit', found.commit)
    if (!file) return refuse(response, 404, 'EntryNotFound')
    response.setHeader('X-Linked-ETag', `"${this.#hashOf(file)}"`)
    if (!file.large) return this.#serve(file, `"${this.#hashOf(file)}"`, recorded, response, fault)
    response.setHeader('X-Linked-Size', file.size)
    response.writeHead(302, { Location: `${this.filesUrl}/${repo}/${found.commit}/${path}?Signature=x` }).end()
  }

  #serveLarge(url: URL, recorded: Recorded, response: ServerResponse, fault: Fault | undefined): void {
    const [, repo, commit, path] = /^\/(.+)\/([0-9a-f]{40})\/(.+)$/.exec(url.pathname) ?? []
    const file = this.models.find((one) => one.repo === repo)?.commits.find((one) => one.commit === commit)?.files[path ?? '']
    if (!file) return refuse(response, 404)
    // The file server's tag is a hash of its own kind, not the SHA-256.
    this.#serve(file, `"x${this.#hashOf(file).slice(0, 32)}"`, recorded, response, fault)
  }

  #serve(asked: ServedFile, tag: string, recorded: Recorded, response: ServerResponse, fault: Fault | undefined): void {
    const file = fault?.kind === 'other-bytes' ? fault.file : asked
    const etag = fault?.kind === 'other-bytes' && !fault.sameTag ? '"other"' : tag
    response.setHeader('Content-Type', file.large ? 'application/octet-stream' : 'text/plain; charset=utf-8')
    response.setHeader('ETag', etag)
    const begin = fault?.kind === 'no-ranges' ? undefined : rangeBegin(recorded, etag)
    if (begin !== undefined && begin >= file.size) {
      response.setHeader('Content-Range', `bytes */${file.size}`)
      return refuse(response, 416)
    }
    if (begin !== undefined) response.setHeader('Content-Range', `bytes ${begin}-${file.size - 1}/${file.size}`)
    response.setHeader('Accept-Ranges', 'bytes')
    response.setHeader('Content-Length', file.size - (begin ?? 0))
    response.writeHead(begin === undefined ? 200 : 206)
    if (recorded.method === 'HEAD') response.end()
    else void send(response, file, begin ?? 0, recorded, fault)
  }
}

/** Where a Range asks to begin, unless its condition is not met. */
function rangeBegin({ headers }: Recorded, etag: string): number | undefined {
  const begin = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]
  const condition = headers['if-range']
  return begin !== undefined && (!condition || condition === etag) ? Number(begin) : undefined
}

async function send(
  response: ServerResponse,
  file: ServedFile,
  begin: number,
  recorded: Recorded,
  fault: Fault | undefined,
): Promise<void> {
  const end = fault?.kind === 'cut' ? begin + Math.floor((file.size - begin) * fault.fraction) : file.size
  const stallAt = fault?.kind === 'stalls' ? (fault.after ?? begin + pieceBytes) : Infinity
  for (let at = begin; at < end;) {
    const piece = file.read(at, Math.min(end, at + pieceBytes, at < stallAt ? stallAt : Infinity))
    // A cut connection ends when what was sent before it has gone out.
    const flowing = await new Promise<boolean>((resolve) => response.write(piece, (error) => resolve(!error)))
    if (!flowing || response.destroyed) return
    recorded.sent += piece.length
    at += piece.length
    if (fault?.kind === 'stalls' && at === stallAt) await fault.release
  }
  if (fault?.kind === 'cut') response.destroy()
  else response.end()
}

function address(server: Server): string {
  const { port } = server.address() as { port: number }
  return `http://127.0.0.1:${port}`
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(value))
}

function refuse(response: ServerResponse, status: number, code?: string): void {
  if (code) response.setHeader('X-Error-Code', code)
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.writeHead(status).end(JSON.stringify({ error: 'refused' }))
}
