/** Nothing is downloaded in the fixture; what lies in the private file system can be cleared all the same. */
import type { FileStore } from '../../src/hub/cache/file-store.ts'

export const noFiles: FileStore = {
  list: async () => [],
  open: async () => undefined,
  write: () => Promise.reject(new Error('The fixture downloads nothing')),
  replace: async () => undefined,
  remove: async () => undefined,
  clear: async () => (await navigator.storage.getDirectory()).removeEntry('homespun', { recursive: true }).catch(() => undefined),
}
