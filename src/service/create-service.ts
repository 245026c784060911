/** The service as the browser's worker runs it: its engines, IndexedDB, the tokenizer of transformers.js. */
import { version } from '../../package.json'
import { fetchDataParts } from '../data/parts.ts'
import { createTokenizer } from '../data/tokenizer/browser.ts'
import { ModelCache } from '../hub/cache/model-cache.ts'
import { opfsFileStore } from '../hub/opfs-file-store.ts'
import { createStore } from '../storage/store.ts'
import { readSettings } from '../train/read-settings.ts'
import { engines } from './engines/choose.ts'
import { openBrowserRuntime } from './engines/browser-runtime.ts'
import { browserTfjs } from './engines/browser-tfjs.ts'
import { ParquetApart, type Helper } from './parquet-apart.ts'
import type { HostPort } from './ports.ts'
import { HomespunService } from './tuning-service.ts'
import type { TuningService } from './types.ts'
import { watchRequests } from './watch-requests.ts'

/** Pages opened over plain http lack some of these, whatever the types say. */
function browserHost(): HostPort {
  const { gpu, locks, storage } = navigator as Partial<Pick<WorkerNavigator, 'gpu' | 'locks' | 'storage'>>
  return {
    gpu, locks, storage,
    secure: isSecureContext,
    clock: () => performance.now() / 1000,
    now: () => new Date().toISOString(),
    newId: () => crypto.randomUUID(),
    requestsMade: watchRequests(),
  }
}

/** `startParquet`: starts the worker in which Parquet is read. */
export function createService(startParquet: () => Helper): TuningService {
  const host = browserHost()
  const parquet = new ParquetApart(startParquet)
  return new HomespunService({
    host,
    cache: new ModelCache(opfsFileStore(host.storage)),
    engine: engines(openBrowserRuntime, browserTfjs),
    store: createStore({ readSettings }),
    makeTokenizer: ({ tokenizerJson, tokenizerConfig, config, generationConfig }) =>
      createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig }),
    onnxRuntime: async () => (await openBrowserRuntime()).runtime,
    fetchParts: () => Promise.allSettled([fetchDataParts(() => parquet.prepare()), import('./exporting.ts'), import('./onnx-export.ts')]),
    parquet: parquet.read,
    software: `homespun ${version}`,
  })
}
