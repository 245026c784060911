/** The hub worker's service: the network on one side, the browser's private file system on the other. */
import { HomespunError } from '../errors.ts'
import { ModelCache } from '../hub/cache/model-cache.ts'
import { downloadModel } from '../hub/download/download-model.ts'
import { realTiming } from '../hub/download/timing.ts'
import { opfsFileStore } from '../hub/opfs-file-store.ts'
import { describeModel, type HubConnection } from '../hub/remote/hub-client.ts'
import { searchModels } from '../hub/remote/search.ts'
import { estimateStorage } from '../storage/persistence.ts'
import type { HubAddress, HubService } from './hub-types.ts'
import { watchRequests } from './watch-requests.ts'

export function createHubService(): HubService {
  const { storage } = navigator as Partial<Pick<WorkerNavigator, 'storage'>>
  const cache = new ModelCache(opfsFileStore(storage))
  const requestsMade = watchRequests()
  const blocked = watchPolicy()
  let stop = new AbortController()
  const connect = ({ hub, token }: HubAddress): HubConnection => ({ hub, token, fetch: (input, init) => blocked(fetch(input, init)) })
  return {
    search: (at, words) => searchModels(connect(at), words),
    describe: (at, repo, revision) => describeModel(connect(at), repo, revision),
    async download(at, model, atOnce, onProgress) {
      stop = new AbortController()
      return downloadModel({
        connection: connect(at), model, cache, timing: realTiming, atOnce, onProgress, signal: stop.signal, freeBytes,
        // The page has asked the engine before it offered the download.
        checkConfig: () => undefined,
      })
    },
    async pause() {
      stop.abort(new HomespunError('download-paused', 'The download is paused.', { fix: 'Go on with it whenever you like: what has come is kept.' }))
    },
    requestsMade: async () => requestsMade(),
  }

  async function freeBytes(): Promise<number | undefined> {
    const estimate = await estimateStorage(storage)
    return estimate && estimate.quotaBytes - estimate.usedBytes
  }
}

/** A server that serves this worker's file with the page's own policy keeps it from every hub: said as what it is. */
function watchPolicy(): (answer: Promise<Response>) => Promise<Response> {
  let seen = false
  addEventListener('securitypolicyviolation', () => (seen = true))
  return (answer) =>
    answer.catch((cause: unknown) => {
      if (!seen) throw cause
      seen = false
      throw new HomespunError('hub-policy', 'This page’s own server keeps its download worker from reaching a hub.', {
        where: 'Content-Security-Policy of assets/hub-….js', fix: 'Serve that file with its own policy, as dist/_headers has it.', cause,
      })
    })
}
