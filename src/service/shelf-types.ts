/** What the page asks of the shelf beyond naming and deleting; part of the service in types.ts. */
import type { LoraConfig } from '../adapters/types.ts'
import type { Annotation } from '../storage/types.ts'
import type { AdapterRecord } from './types.ts'

export type { Annotation }

export interface ShelfService {
  /** An adapter's rank, alpha and layers, whoever made it. Throws 'adapter-not-found'. */
  adapterConfig(id: string): Promise<LoraConfig>
  /** Replaces note and tags. Throws 'adapter-not-found', 'adapter-note'. */
  annotateAdapter(id: string, annotation: Annotation): Promise<void>
  /** Whether an adapter of another base could be used on the open model: its layers, their shapes and its form of question fit. */
  fitsOpenModel(id: string): Promise<boolean>
  /**
   * Keeps a copy of an adapter for the open model, which is not its base; its receipt says what it learnt on.
   * Throws 'adapter-not-found', 'no-model', 'adapter-unfit', 'storage-…'.
   */
  adoptAdapter(id: string, name: string): Promise<AdapterRecord>
  /** Keeps a second one like it under a name, and returns its id. Throws 'adapter-not-found', 'adapter-name'. */
  duplicateAdapter(id: string, name: string): Promise<string>
}
