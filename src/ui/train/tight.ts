/** Whether the run that would begin takes more than this machine and browser have, as far as they say. */
import { tightness, type Tightness } from '../../state/fits.ts'
import type { Workshop } from '../../state/workshop.svelte.ts'
import { readMachine } from '../model/machine.ts'

export function readTightness(workshop: Workshop): Tightness | undefined {
  const { training, engine } = workshop
  const { preflight, refusedBytes } = training
  return preflight && tightness(preflight.plan, readMachine(workshop), { pieceBytes: engine.report?.maxBufferBytes, refusedBytes })
}
