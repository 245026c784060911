/** A file that the person names before something large is made: it is then written straight to disk, and takes its room once. */

/** Not in TypeScript's library: Chromium alone has it. */
type Picker = (options: { suggestedName: string; types: { description: string; accept: Record<string, string[]> }[] }) => Promise<FileSystemFileHandle>

/** What no file's name may have on one system or another. */
const UNFIT = /[\\/:*?"<>|\p{Cc}]+/gu

/** Asks where a zip is to go; to be called in a click. Undefined where the browser cannot: it is then downloaded. */
export async function askTarget(suggestedName: string): Promise<FileSystemFileHandle | 'cancelled' | undefined> {
  const { showSaveFilePicker } = window as { showSaveFilePicker?: Picker }
  if (typeof showSaveFilePicker !== 'function') return undefined
  try {
    return await showSaveFilePicker.call(window, {
      suggestedName: suggestedName.replace(UNFIT, '-'),
      types: [{ description: 'Zip', accept: { 'application/zip': ['.zip'] } }],
    })
  } catch (error) {
    // Where it is forbidden (a frame of another page), a download still works.
    return error instanceof DOMException && error.name === 'AbortError' ? 'cancelled' : undefined
  }
}
