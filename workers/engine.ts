/** The engine worker: the tuning service, as the page calls it. */
import { expose } from 'comlink'
import { createService } from '../src/service/create-service.ts'
import { registerErrorTransfer } from '../src/service/transfer.ts'

registerErrorTransfer()
expose(createService(() => {
  const worker = new Worker(new URL('./parquet.ts', import.meta.url), { type: 'module', name: 'parquet' })
  return { endpoint: worker, end: () => worker.terminate() }
}))
