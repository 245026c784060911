/**
 * Writes src/state/catalogue/memory.json: what training each model that the Model room names takes. Planning a large model takes
 * seconds, and the room shows them all at once.     npm run catalogue
 */
import { writeFile } from 'node:fs/promises'
import { CONFIGS } from './configs.ts'
import { planMemory } from './plan-memory.ts'

const engines = ['webgpu', 'onnx', 'tfjs'] as const
const table = Object.keys(CONFIGS).map((shape) => {
  console.log(shape)
  return [shape, Object.fromEntries(engines.map((engine) => [engine, planMemory(shape, engine)]))] as const
})
await writeFile(new URL('../../src/state/catalogue/memory.json', import.meta.url), `${JSON.stringify(Object.fromEntries(table), null, 2)}\n`)
