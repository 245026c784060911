/** The engine worker: the tuning service, as the page calls it. */
import { expose } from 'comlink'
import { createService } from '../src/service/create-service.ts'
import { registerErrorTransfer } from '../src/service/transfer.ts'

registerErrorTransfer()
expose(createService())
