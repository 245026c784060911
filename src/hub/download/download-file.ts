/**
 * Downloads one file into the cache: from where it broke off, again where the connection does not hold, and checked by its
 * hash before it counts. What has come is never held in memory.
 */
import { HomespunError } from '../../errors.ts'
import type { ModelCache } from '../cache/model-cache.ts'
import { cutOff, notTheFile, refusal, unreachable, type Asked } from '../remote/errors.ts'
import { fileAddress, headersFor, type HubConnection } from '../remote/hub-client.ts'
import type { HubFile, HubModel } from '../types.ts'
import { Part } from './part.ts'
import type { Timing } from './timing.ts'

/** Attempts in a row that bring nothing. */
const mostAttempts = 5
/** A connection that brings nothing for so long is given up and made anew. */
const stallSeconds = 30

export interface FileDownload {
  connection: HubConnection
  model: HubModel
  file: HubFile
  cache: ModelCache
  timing: Timing
  signal: AbortSignal
  /** Bytes that were found and checked, or came; negative where they have to come again. */
  onBytes: (phase: 'checking' | 'downloading', bytes: number) => void
}

/** Ended without saying anything of the file: another attempt may do better. */
class Passing extends Error {
  readonly told: HomespunError

  constructor(told: HomespunError) {
    super(told.message)
    this.told = told
  }
}

/**
 * Leaves the file whole and checked in the cache. What came before a failure is kept, unless it was wrong.
 * Throws HomespunError 'hub-…', 'download-broken-off' (F29), 'download-wrong-size', 'download-wrong-hash', 'file-in-use',
 * 'storage-full', and the signal's reason.
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { cache, file, signal, onBytes } = download
  const cached = await cache.content(file)
  if (cached) return onBytes('checking', file.size)
  const { etag } = await cache.note(file)
  const writer = await cache.write(file)
  try {
    const part = await Part.open(file, writer, (bytes) => onBytes('checking', bytes), signal)
    await new FileTransfer(download, part, etag).fill()
  } finally {
    await writer.close()
  }
  await cache.setNote(file, { verified: true, etag: undefined })
}

class FileTransfer {
  readonly #download: FileDownload
  readonly #part: Part
  readonly #asked: Asked
  #etag: string | undefined
  /** Some servers' CORS policy admits Range, but not If-Range: then the answer's own ETag is compared. */
  #conditional = true
  /** Bytes of an earlier answer are in it, which may have been of another file. */
  #pieced: boolean
  #again = false

  constructor(download: FileDownload, part: Part, etag: string | undefined) {
    const { model, connection, file } = download
    this.#download = download
    this.#part = part
    this.#etag = etag
    this.#pieced = part.size > 0
    this.#asked = {
      hub: model.hub,
      repo: model.repo,
      revision: model.revision,
      path: file.path,
      withToken: connection.token !== undefined,
    }
  }

  /** Fetches what is missing, as often as it takes, until the file is whole and right. */
  async fill(): Promise<void> {
    for (let pieced = true; pieced;) {
      await this.#fetchAll()
      if (this.#part.isRight()) return
      // A file that was put together of several answers may be so of two files: once more, in one.
      pieced = this.#pieced && !this.#again
      this.#again = true
      await this.#restart()
    }
    throw wrongHash(this.#asked)
  }

  async #fetchAll(): Promise<void> {
    const { signal, timing } = this.#download
    for (let [failed, most] = [0, this.#part.size]; !this.#part.whole;) {
      try {
        await this.#attempt()
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof Passing)) throw error
        failed = this.#part.size > most ? 1 : failed + 1
        most = Math.max(most, this.#part.size)
        if (failed >= mostAttempts) throw brokenOff(error.told)
        this.#pieced ||= this.#part.size > 0
        await timing.wait(2 ** (failed - 1), signal)
      }
    }
  }

  /** One request, read to its end. */
  async #attempt(): Promise<void> {
    const attempt = new AbortController()
    const watch = this.#watch(attempt)
    try {
      await this.#receive(await this.#request(AbortSignal.any([this.#download.signal, attempt.signal])))
    } finally {
      attempt.abort()
      await watch
    }
  }

  /** Ends an attempt that brings nothing. */
  async #watch(attempt: AbortController): Promise<void> {
    try {
      for (let seen = -1; seen !== this.#part.size;) {
        seen = this.#part.size
        await this.#download.timing.wait(stallSeconds, attempt.signal)
      }
      attempt.abort()
    } catch {
      // The attempt is over.
    }
  }

  async #request(signal: AbortSignal): Promise<Response> {
    const { connection, model, file } = this.#download
    const headers = headersFor(connection)
    if (this.#part.size > 0) {
      headers['Range'] = `bytes=${this.#part.size}-`
      if (this.#etag && this.#conditional) headers['If-Range'] = this.#etag
    }
    const asked = this.#asked
    const response = await connection
      .fetch(fileAddress(model, file.path), { headers, signal, cache: 'no-store' })
      .catch((cause: unknown) => {
        if ('If-Range' in headers) this.#conditional = false
        throw new Passing(unreachable(asked, cause))
      })
    if (response.ok) return response
    await response.body?.cancel()
    if (response.status === 416) await this.#restart()
    const passes = response.status === 416 || response.status === 429 || response.status >= 500
    throw passes ? new Passing(refusal(response, asked)) : refusal(response, asked)
  }

  async #receive(response: Response): Promise<void> {
    if (/^text\/html\b/i.test(response.headers.get('Content-Type') ?? '') && !this.#asked.path?.endsWith('.html')) {
      await response.body?.cancel()
      throw notTheFile(this.#asked)
    }
    const etag = strongTag(response)
    if (this.#part.size > 0 && !this.#continues(response, etag)) {
      await this.#restart()
      if (response.status === 206) {
        await response.body?.cancel()
        return
      }
    }
    if (etag !== this.#etag) {
      this.#etag = etag
      await this.#download.cache.setNote(this.#download.file, { verified: false, etag })
    }
    await this.#read(response)
  }

  /** Whether an answer to a Range goes on where the part ends, in the same file. */
  #continues(response: Response, etag: string | undefined): boolean {
    const [, begin, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ?? []
    const asAsked = begin === undefined || (Number(begin) === this.#part.size && Number(total) === this.#part.file.size)
    return response.status === 206 && asAsked && (!etag || !this.#etag || etag === this.#etag)
  }

  async #read(response: Response): Promise<void> {
    const reader = response.body?.getReader()
    while (reader) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new Passing(cutOff(this.#asked, cause))
      })
      if (done) break
      if (!(await this.#part.append(value))) {
        await reader.cancel()
        await this.#restart()
        throw wrongSize(this.#asked)
      }
      this.#download.onBytes('downloading', value.length)
    }
    if (!this.#part.whole) throw new Passing(cutOff(this.#asked, undefined))
  }

  async #restart(): Promise<void> {
    this.#download.onBytes('downloading', -this.#part.size)
    await this.#part.restart()
    this.#pieced = false
  }
}

/** A weak tag names a meaning, not bytes. */
function strongTag(response: Response): string | undefined {
  const tag = response.headers.get('ETag')
  return tag && !tag.startsWith('W/') ? tag : undefined
}

function where({ repo, path }: Asked): string {
  return `${repo}, ${path ?? ''}`
}

function brokenOff({ what, where: place, fix }: HomespunError): HomespunError {
  return new HomespunError('download-broken-off', `The download broke off: ${what}`, {
    ...(place === undefined ? {} : { where: place }),
    ...(fix === undefined ? {} : { fix }),
  })
}

const again = 'Nothing of it was kept. Try again; if it happens again, the server’s copy is damaged: use another one.'

function wrongSize(asked: Asked): HomespunError {
  return new HomespunError('download-wrong-size', 'The server sent more than the hub lists for this file.', {
    where: where(asked),
    fix: again,
  })
}

function wrongHash(asked: Asked): HomespunError {
  return new HomespunError('download-wrong-hash', 'What came is not the file that the hub lists: its hash differs.', {
    where: where(asked),
    fix: again,
  })
}
