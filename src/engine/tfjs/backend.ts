/** Backends of TensorFlow.js, of which it has one each: shared by all who hold it, freed when the last lets go. */
import type { Tf } from './context.ts'

export type TfjsBackend = 'webgpu' | 'webgl' | 'wasm' | 'cpu'

const holders = new Map<TfjsBackend, number>()

/** Makes a backend ready and the one in use; gives what lets go of it, or nothing where it does not start. Its package has been loaded. */
export async function holdBackend(tf: Tf, name: TfjsBackend): Promise<(() => void) | undefined> {
  if (!(await tf.setBackend(name).catch(() => false))) return undefined
  holders.set(name, (holders.get(name) ?? 0) + 1)
  let held = true
  return () => {
    if (!held) return
    held = false
    holders.set(name, holders.get(name)! - 1)
    if (holders.get(name) === 0) free(tf, name)
  }
}

/** The backend with all that lies in it; it can be made anew. */
function free(tf: Tf, name: TfjsBackend): void {
  const factory = tf.findBackendFactory(name)
  tf.removeBackend(name)
  tf.registerBackend(name, factory)
}
