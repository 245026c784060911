/** PyTorch in a process of its own, asked for one step at a time. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { examplesOf, type BatchSizes } from './examples.ts'
import { configOf, type LlamaSizes } from './random-model.ts'
import type { Contestant } from './rounds.ts'

/** A label that PyTorch leaves out of the loss. */
const IGNORED = -100

/** Undefined where Python lacks torch, transformers or peft. */
export async function torchStep(sizes: LlamaSizes, batch: BatchSizes, targetModules: readonly string[], threads: number): Promise<Contestant | undefined> {
  const child = spawn('python3', [join(import.meta.dirname, '../torch_step.py')], { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const examples = examplesOf(batch)
  const job = {
    config: configOf(sizes), threads, targets: targetModules,
    tokens: examples.map(({ tokens }) => [...tokens]),
    labels: examples.map(({ tokens, weights }) => Array.from(tokens, (token, i) => (weights[i] ? token : IGNORED))),
  }
  child.stdin.write(`${JSON.stringify(job)}\n`)
  const ready = await lines.next()
  if (ready.done) return undefined
  return {
    name: 'PyTorch with PEFT, eager',
    async run() {
      child.stdin.write('step\n')
      const line = await lines.next()
      if (line.done) throw new Error('PyTorch stopped.')
      return Number(line.value)
    },
    close: () => child.kill(),
  }
}
