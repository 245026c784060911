/** What goes wrong in a browser's storage, in words. */
import { HomespunError } from '../errors.ts'

function nameOf(cause: unknown): string {
  return cause instanceof Error || cause instanceof DOMException ? cause.name : ''
}

/** IndexedDB does not open at all: switched off, a private window, a disk that refuses. Work can go on without it. */
export function unavailable(cause: unknown): HomespunError {
  return new HomespunError('storage-unavailable', 'This browser lets the page store nothing.', {
    where: 'browser storage',
    fix: 'Training works all the same, but export what you make before closing the tab. '
      + 'A private window or a blocked-cookies setting is the usual cause.',
    cause,
  })
}

export function blocked(): HomespunError {
  return new HomespunError('storage-blocked', 'Another tab with an older version of this page keeps the storage busy.', {
    where: 'browser storage', fix: 'Close the other tabs of this page, then reload.',
  })
}

/** The stored data was written by a later version: it is neither read nor changed. */
export function newer(where: string, cause?: unknown): HomespunError {
  return new HomespunError('storage-newer', 'What is stored here was written by a newer version of this page, so it was left untouched.', {
    where, fix: 'Reload the page to get the newer version.', cause,
  })
}

export function migrationFailed(cause: unknown): HomespunError {
  return new HomespunError('storage-migration', 'Updating the stored data to this version of the page failed; it was left as it was.', {
    where: 'browser storage', fix: 'Reload the page. Nothing stored is lost.', cause,
  })
}

export function damaged(where: string): HomespunError {
  return new HomespunError('storage-damaged', 'A stored record is damaged, so it was set aside and not used.', {
    where, fix: 'If you exported it before, import that copy.',
  })
}

/** The error of a failed operation: 'storage-full', 'storage-unavailable' or 'storage-failed'. */
export function storageError(cause: unknown): HomespunError {
  if (cause instanceof HomespunError) return cause
  if (nameOf(cause) === 'QuotaExceededError') {
    return new HomespunError('storage-full', 'The browser has no room left for this page, so nothing was changed.', {
      where: 'browser storage', fix: 'Export your adapters and delete some, or free space on the disk, then try again.', cause,
    })
  }
  if (nameOf(cause) === 'SecurityError') return unavailable(cause)
  return new HomespunError('storage-failed', 'The browser could not read or write its storage.', {
    where: 'browser storage', fix: 'Try again; if it goes on, reload the page.', cause,
  })
}

/** True where trying once more over a new connection can help: this one was closed under us. */
export function isConnectionLost(cause: unknown): boolean {
  return nameOf(cause) === 'InvalidStateError'
}
