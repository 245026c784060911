/** The worker in which Parquet is read, for Node. */
import { parentPort } from 'node:worker_threads'
import { expose } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { ParquetService } from '../../src/service/parquet-apart.ts'
import { registerErrorTransfer } from '../../src/service/transfer.ts'

registerErrorTransfer()
expose(new ParquetService(), nodeEndpoint(parentPort!))
