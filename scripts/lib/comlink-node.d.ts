/** Comlink's adapter for Node's threads, whose types stand where TypeScript does not look for them. */
declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink'
  import type { MessagePort, Worker } from 'node:worker_threads'

  export default function nodeEndpoint(thread: Worker | MessagePort): Endpoint
}
