/** How a failure crosses between worker and page: a HomespunError arrives with all its fields, on either side. */
import { transferHandlers } from 'comlink'
import { HomespunError } from '../errors.ts'

/** What is sent in place of a thrown value: plain data, no stack. */
interface SentFailure {
  code: string
  what: string
  where: string | undefined
  fix: string | undefined
  about: unknown
}

function toSent(thrown: unknown): SentFailure {
  if (thrown instanceof HomespunError) {
    return { code: thrown.code, what: thrown.what, where: thrown.where, fix: thrown.fix, about: thrown.about }
  }
  const what = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'unexpected', what, where: undefined, fix: undefined, about: undefined }
}

function fromSent(sent: SentFailure): HomespunError {
  return new HomespunError(sent.code, sent.what, {
    ...(sent.where === undefined ? {} : { where: sent.where }),
    ...(sent.fix === undefined ? {} : { fix: sent.fix }),
    about: sent.about,
  })
}

/** Replaces Comlink's handler for thrown values, which keeps only name, message and stack. Both sides call it once. */
export function registerErrorTransfer(): void {
  const original = transferHandlers.get('throw')
  if (!original) throw new Error('Comlink has no handler for thrown values')
  transferHandlers.set('throw', {
    canHandle: (value): value is unknown => original.canHandle(value),
    // Comlink hands over { value } here: the thrown value under its own marker.
    serialize: (thrown) => [toSent((thrown as { value: unknown }).value), []],
    deserialize: (sent) => {
      throw fromSent(sent as SentFailure)
    }
  })
}
