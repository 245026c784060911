/** npm run bench: ratios between programs that do the same work in the same run, by turns. */
import { parseArgs } from 'node:util'
import { openNodeRuntime } from '../src/cli/onnx.ts'
import { decode } from './decode.ts'
import { parameters, tokens } from './growth.ts'
import { reportText, type Bench } from './lib/bench.ts'
import { peers } from './peers.ts'
import { smollm } from './smollm.ts'
import { startup } from './startup.ts'
import { step } from './step.ts'

const BENCHES: readonly Bench[] = [step, decode, smollm, tokens, parameters, startup, peers]

const USAGE = `npm run bench -- [NAME...] [--rounds N] [--with-torch] [--json]

  NAME          ${BENCHES.map(({ name }) => name).join(', ')}; all of them where none is named
  --rounds N    measured rounds (default 10); medians and spreads are over these
  --with-torch  beside PyTorch with PEFT, where Python has them
  --with-webgpu beside our WebGPU engine, on a software adapter too where there is no GPU (slow)
  --json        one JSON object a line on standard output`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '10' },
    'with-torch': { type: 'boolean', default: false },
    'with-webgpu': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const unknown = positionals.filter((name) => BENCHES.every((bench) => bench.name !== name))
if (values.help || unknown.length > 0 || !(rounds >= 1)) {
  if (unknown.length > 0) console.error(`There is no benchmark called ${unknown.join(', ')}.\n`)
  console.error(USAGE)
  process.exit(values.help ? 0 : 2)
}

const { runtime, threads } = await openNodeRuntime()
const tell = (what: string) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${what}`)
for (const bench of BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const report = await bench.run({ runtime, threads, withTorch: values['with-torch'], withWebGpu: values['with-webgpu'], rounds, tell })
  tell('')
  if (values.json) console.log(JSON.stringify({ bench: bench.name, threads, ...report }))
  else console.log(`${reportText(`${bench.title} (${threads} threads)`, report)}\n`)
}
process.exit(0)
