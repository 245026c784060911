/** The worker in which Parquet is read. */
import { expose } from 'comlink'
import { ParquetService } from '../src/service/parquet-apart.ts'
import { registerErrorTransfer } from '../src/service/transfer.ts'

registerErrorTransfer()
expose(new ParquetService())
