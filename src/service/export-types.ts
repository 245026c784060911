/** How an adapter leaves for other programs, beside PEFT's own layout. Plain data, and the calls. */
import type { LoadProgress } from './types.ts'

/**
 * 'merged': the whole model as safetensors, in the base's own type. 'gguf': the adapter for llama.cpp. 'mlx': the adapter for
 * mlx-lm. 'bundle': all of the adapter's forms with its model card and a Modelfile for Ollama.
 */
export type ExportFormat = 'bundle' | 'merged' | 'gguf' | 'mlx'

export interface ExportedFile {
  fileName: string
  file: Blob
}

export interface ExportService {
  /**
   * An adapter on the open model, in another program's format, read back and compared before it is handed over. Refused while a
   * run is under way. Throws 'adapter-other-base', 'export-gguf-family' and 'export-mlx-family' for families that a format
   * does not know, 'export-half-overflow', 'zip-no-room', and 'export-differs' where what was written is not the adapter.
   */
  exportAs(adapterId: string, format: ExportFormat, onProgress: (progress: LoadProgress) => void): Promise<ExportedFile>
}
