/** Which layers of a Qwen model see a window: where that is asked for, those from `max_window_layers` on, or as `layer_types` says. */
import type { ConfigReader } from './config-reader.ts'
import { readWindows } from './decoder-settings.ts'

/** Throws 'config-unsupported', 'config-invalid'. */
export function readQwenWindows(config: ConfigReader, layers: number): ReturnType<typeof readWindows> {
  const window = config.flag('use_sliding_window', false) ? config.sizeOrNone('sliding_window', 4096) : undefined
  const first = config.count('max_window_layers', 28)
  return readWindows(config, layers, window, (layer) => window !== undefined && layer >= first)
}
