/** What this machine and browser have to give, as far as they say. */
import type { Machine } from '../../state/fits.ts'
import type { Workshop } from '../../state/workshop.svelte.ts'

/** Before the engine is found, as with the processor: it needs the most. */
export function readMachine({ engine, shelf, platform }: Workshop): Machine {
  const { quotaBytes = 0, usedBytes = 0 } = shelf.storage ?? {}
  return {
    engine: engine.report?.kind ?? 'onnx',
    memoryBytes: platform.memoryBytes,
    freeBytes: quotaBytes > 0 ? Math.max(0, quotaBytes - usedBytes) : undefined,
  }
}
