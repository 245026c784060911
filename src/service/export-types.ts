/** How an adapter leaves for other programs, beside PEFT's own layout. Plain data, and the calls. */
import type { LoadProgress } from './types.ts'

/**
 * 'merged': the whole model as safetensors, in the base's own type. 'gguf': the adapter for llama.cpp. 'mlx': the adapter for
 * mlx-lm; both in a zip with a model card, and a Modelfile for Ollama. 'bundle': all of the adapter's forms, and a script for TRL.
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
   * does not know, 'export-half-overflow', 'zip-no-room', 'zip-not-written', and 'export-differs' where what was written is not
   * the adapter. 'merged' goes straight into `target` where there is one, and does not stay there when it fails.
   */
  exportAs(
    adapterId: string, format: ExportFormat, onProgress: (progress: LoadProgress) => void, target?: FileSystemFileHandle,
  ): Promise<ExportedFile>
}
