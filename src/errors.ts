/**
 * The one error class of the project: what happened, where, and what to do, in plain words.
 * It lies below every layer, so that a reader, the engine and the page speak of failures the same way.
 */
export interface ErrorDetails {
  /** Where it happened: a row, a tensor, a file, a setting. */
  where?: string
  /** What the person can do about it, as a sentence. */
  fix?: string
  cause?: unknown
  /** Plain data for programs, of a type that the code says: what the page can offer to choose from. */
  about?: unknown
}

/** `code` is stable and for programs; `message` is for people. Every thrown failure of the project is one of these. */
export class HomespunError extends Error {
  readonly code: string
  readonly what: string
  readonly where: string | undefined
  readonly fix: string | undefined
  readonly about: unknown

  constructor(code: string, what: string, details: ErrorDetails = {}) {
    const place = details.where ? ` (${details.where})` : ''
    super(`${what}${place}${details.fix ? ` ${details.fix}` : ''}`, { cause: details.cause })
    this.name = 'HomespunError'
    this.code = code
    this.what = what
    this.where = details.where
    this.fix = details.fix
    this.about = details.about
  }
}
