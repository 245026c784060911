/** The hub worker: the one part that may reach another server, with a policy of its own (see vite.config.ts). */
import { expose } from 'comlink'
import { createHubService } from '../src/service/create-hub-service.ts'
import { registerErrorTransfer } from '../src/service/transfer.ts'

registerErrorTransfer()
expose(createHubService())
