/** A short run here, its bundle, and the same run by the bundle's own script with TRL: the first loss must be the same. */
import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { engines } from '../../src/service/engines/choose.ts'
import { HomespunService } from '../../src/service/tuning-service.ts'
import { modelFiles, openTab, pairsFile } from '../../tests/service/support.ts'
import { onnxRuntime } from '../../tests/support/onnx-runtime.ts'

const MODEL = join(import.meta.dirname, '../../tests/fixtures/models/tiny-llama')
const TOLERANCE = 1e-3
const NO_TFJS = { open: () => Promise.reject(new Error('not here')), openWebGl: async () => undefined }

/** Two steps here; the bundle and its data lie in the folder it gives. */
async function ownRun(work: string): Promise<{ folder: string; losses: number[] }> {
  const service = new HomespunService({
    ...openTab().parts,
    engine: engines(async () => ({ runtime: onnxRuntime, threads: 2, fewThreads: undefined }), NO_TFJS),
  })
  await service.start('onnx')
  await service.openModel(modelFiles(), () => undefined)
  await service.readData(pairsFile(), { split: { validationFraction: 0.25, seed: 1 } })
  const defaults = await service.defaults()
  const lora = { ...defaults.lora, dropout: 0 }
  const losses: number[] = []
  const { adapterId } = await service.train(
    { ...defaults, lora, epochs: undefined, steps: 2, warmupSteps: 0, patience: 0 },
    'verify',
    (event) => {
      if (event.kind === 'step') losses.push(event.loss)
    },
  )
  const { file } = await service.exportAs(adapterId, 'bundle', () => undefined)
  const files = Object.entries(unzipSync(new Uint8Array(await file.arrayBuffer())))
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(work, path)), { recursive: true })
    await writeFile(join(work, path), bytes)
  }
  const folder = join(work, 'verify')
  await writeFile(join(folder, 'data.jsonl'), new Uint8Array(await (await service.exportData('pairs')).file.arrayBuffer()))
  return { folder, losses }
}

/** How far the first loss is off, in one process and in two under `accelerate launch`; `problem` says what failed. */
export async function compareWithTrl(python: string, work: string) {
  const { folder, losses } = await ownRun(work)
  return [1, 2].map((processes) => {
    const reader = `TRL, ${processes === 1 ? 'one process' : 'two processes'}`
    const launch = [
      '-W',
      'ignore',
      '-m',
      'accelerate.commands.launch',
      '--cpu',
      '--num_processes',
      String(processes),
      '--num_machines',
      '1',
      '--mixed_precision',
      'no',
    ]
    const script = [
      join(folder, 'train_trl.py'),
      '--base',
      MODEL,
      '--repeat',
      '--steps',
      '2',
      '--out',
      join(work, `trl-${processes}`),
    ]
    const { status, stdout, stderr } = spawnSync(python, [...launch, ...script], { encoding: 'utf8' })
    const told = { name: 'tiny-llama, two steps', reader }
    if (status !== 0) return { ...told, problem: stderr.trim().split('\n').slice(-3).join(' ') }
    const theirs = (JSON.parse(stdout.trim().split('\n').at(-1)!) as { losses: number[] }).losses
    const off = Math.abs(theirs[0]! - losses[0]!)
    return off <= TOLERANCE ? { ...told, off } : { ...told, off, problem: `its first loss is ${theirs[0]}, not ${losses[0]}` }
  })
}
