/** What the page asks of the shelf beyond naming and deleting; part of the service in types.ts. */
import type { LoraConfig } from '../adapters/types.ts'
import type { Annotation } from '../storage/types.ts'

export type { Annotation }

export interface ShelfService {
  /** An adapter's rank, alpha and layers, whoever made it. Throws 'adapter-not-found'. */
  adapterConfig(id: string): Promise<LoraConfig>
  /** Replaces note and tags. Throws 'adapter-not-found', 'adapter-note'. */
  annotateAdapter(id: string, annotation: Annotation): Promise<void>
  /** Keeps a second one like it under a name, and returns its id. Throws 'adapter-not-found', 'adapter-name'. */
  duplicateAdapter(id: string, name: string): Promise<string>
}
