/** npm run parity: our numbers against PyTorch's and PEFT's, for folders made by goldens/make.py. */
import { resolve } from 'node:path'
import { engineWish, ENGINE_OPTION, JSON_OPTION, type Arguments, type CommandSpec } from './arguments.ts'
import { runMain, type ExitCode } from './main.ts'
import type { Output } from './output.ts'
import { readCase } from './parity/case.ts'
import { figureTable, passes } from './parity/compare.ts'
import { openParityEngine } from './parity/engines.ts'
import { caseFigures } from './parity/numbers.ts'

const PARITY: CommandSpec = {
  name: 'parity',
  positionals: 'CASE...',
  summary:
    'Compares logits, gradients, 20 training steps, the adapter and greedy tokens of each case with PyTorch and PEFT.\nExit code 1 if any figure is over its tolerance.',
  options: [ENGINE_OPTION, JSON_OPTION],
}

async function parity(args: Arguments, output: Output): Promise<ExitCode> {
  const cases = []
  for (const folder of args.positionals) cases.push(await readCase(resolve(folder)))
  const engine = await openParityEngine(engineWish(args))
  let failed = false
  try {
    for (const given of cases) {
      const figures = await caseFigures(given, engine, (what) => output.status(`${given.name}: ${what}`))
      const passed = figures.every(passes)
      failed ||= !passed
      output.note(figureTable(given.name, figures))
      const list = figures.map((figure) => ({ ...figure, ok: passes(figure) }))
      output.result({ kind: 'parity', case: given.name, device: engine.device, passed, figures: list })
    }
  } finally {
    engine.destroy()
  }
  return failed ? 1 : 0
}

await runMain(PARITY, parity)
