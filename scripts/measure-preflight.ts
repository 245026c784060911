/**
 * What is foretold of a run beside what happens, over twelve settings: bytes, and seconds from steps that were measured before it.
 * Each setting has a process of its own, as memory of WebAssembly never shrinks.     npm run measure:preflight [-- numbers of settings]
 *
 * `--processor-time` counts seconds that the process had of the processor: where other programs share the machine, with the whole
 * on one core (taskset -c 0), so that there is one thread and no waiting for another.
 *
 * Measured bytes are, on WebGPU, those of all buffers alive at once, counted where the device makes them; on ONNX Runtime, what was
 * written of WebAssembly's memory. Seconds are those of the whole run, from the order to the adapter, with IndexedDB in memory.
 */
import { spawnSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { gpuEnvironment } from './lib/gpu-environment.mjs'
import { SETTINGS, type PreflightFigures } from './lib/preflight-settings.ts'

const { values, positionals } = parseArgs({ options: { 'processor-time': { type: 'boolean' } }, allowPositionals: true })
const chosen = positionals.map(Number)
const seconds = values['processor-time'] ? 'processor' : 'wall'
const environment = { ...process.env, ...(await gpuEnvironment()) }
const percent = (foretold: number, happened: number) => `${foretold >= happened ? '+' : ''}${(100 * (foretold / happened - 1)).toFixed(1)} %`
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
const row = (...cells: string[]) => console.log(`| ${cells.join(' | ')} |`)

row('', 'setting', 'foretold', 'held', '', 'foretold', 'took', '', 'load')
row(...Array.from({ length: 9 }, () => '---'))
for (const [index, { name }] of SETTINGS.entries()) {
  if (chosen.length > 0 && !chosen.includes(index + 1)) continue
  const child = spawnSync(process.execPath, ['--import', 'tsx', new URL('lib/measure-run.ts', import.meta.url).pathname, String(index), seconds], {
    encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = child.stdout.trim().split('\n').at(-1)
  if (child.status !== 0 || !line) {
    row(String(index + 1), name, `failed (${child.status})`)
    continue
  }
  const { bytes, seconds: time } = JSON.parse(line) as PreflightFigures
  row(
    String(index + 1), name,
    megabytes(bytes.foretold), megabytes(bytes.held), percent(bytes.foretold, bytes.held),
    `${time.foretold.toFixed(1)} s`, `${time.took.toFixed(1)} s`, percent(time.foretold, time.took), loadavg()[0]!.toFixed(1),
  )
}
