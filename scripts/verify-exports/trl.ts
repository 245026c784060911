/**
 * Short runs here, their bundles, and the same runs by the bundles' own script with TRL: gone on with, every loss must be
 * the same; repeated, with other random numbers to begin with, the first; what would be another run must be refused in words.
 */
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

/** A bundle with its data beside it, and the losses of its run here. */
interface OwnRun {
  readonly folder: string
  readonly losses: readonly number[]
}

/** A run of two steps, and one that goes on from it. */
async function ownRuns(work: string): Promise<{ first: OwnRun; second: OwnRun }> {
  const service = new HomespunService({
    ...openTab().parts,
    engine: engines(async () => ({ runtime: onnxRuntime, threads: 2, fewThreads: undefined }), NO_TFJS),
  })
  await service.start('onnx')
  await service.openModel(modelFiles(), () => undefined)
  await service.readData(pairsFile(), { split: { validationFraction: 0.25, seed: 1 } })
  const defaults = await service.defaults()
  const lora = { ...defaults.lora, dropout: 0 }
  const settings = { ...defaults, lora, batchSize: 4, accumulate: 2, epochs: undefined, steps: 2, warmupSteps: 0, patience: 0 }
  const data = new Uint8Array(await (await service.exportData('pairs')).file.arrayBuffer())
  const run = async (name: string, from?: string) => {
    const losses: number[] = []
    const told = (event: { kind: string; loss?: unknown }) => {
      if (event.kind === 'step') losses.push(event.loss as number)
    }
    const { adapterId } = await service.train(settings, name, told, [], from)
    const { file } = await service.exportAs(adapterId, 'bundle', () => undefined)
    for (const [path, bytes] of Object.entries(unzipSync(new Uint8Array(await file.arrayBuffer())))) {
      await mkdir(dirname(join(work, path)), { recursive: true })
      await writeFile(join(work, path), bytes)
    }
    const folder = join(work, name)
    await writeFile(join(folder, 'data.jsonl'), data)
    return { adapterId, folder, losses }
  }
  const first = await run('first')
  return { first, second: await run('second', first.adapterId) }
}

interface Case {
  readonly name: string
  readonly folder: string
  readonly processes: number
  readonly options: readonly string[]
  /** The losses that it must begin with, or words of its refusal. */
  readonly wanted: readonly number[] | string
}

async function casesOf(work: string): Promise<Case[]> {
  const { first, second } = await ownRuns(work)
  const shorter = join(work, 'shorter.jsonl')
  await writeFile(shorter, '{"input":"a","output":"b"}\n')
  const repeat = (processes: number): Case => ({
    name: 'repeated', folder: first.folder, processes, options: ['--repeat'], wanted: first.losses.slice(0, 1),
  })
  return [
    repeat(1),
    repeat(2),
    { ...repeat(3), wanted: 'which 3 processes (or GPUs) cannot share' },
    { ...repeat(1), options: ['--repeat', '--data', shorter], wanted: 'has 1 to learn from' },
    { name: 'gone on with', folder: first.folder, processes: 1, options: [], wanted: second.losses },
    { name: 'a run that went on, repeated', folder: second.folder, processes: 1, options: ['--repeat', '--from', join(first.folder, 'peft')], wanted: second.losses },
    { name: 'a run that went on, repeated', folder: second.folder, processes: 1, options: ['--repeat'], wanted: 'went on from the adapter "first"' },
  ]
}

function ask(python: string, { folder, processes, options }: Case, out: string) {
  const accelerate = ['-m', 'accelerate.commands.launch', '--cpu', '--num_processes', '1', '--num_machines', '1', '--mixed_precision', 'no']
  // On processors accelerate itself makes one process, however many it is told; torchrun under it makes as many as on GPUs.
  const launch = processes === 1 ? accelerate : [...accelerate, '--module', 'torch.distributed.run', '--nproc_per_node', String(processes)]
  const script = [join(folder, 'train_trl.py'), '--base', MODEL, '--steps', '2', '--out', out, ...options]
  return spawnSync(python, ['-W', 'ignore', ...launch, ...script], { encoding: 'utf8' })
}

/** How far the losses are off; `problem` says what failed. */
export async function compareWithTrl(python: string, work: string) {
  const cases = await casesOf(work)
  return cases.map((one, i) => {
    const words = typeof one.wanted === 'string' ? ', refused' : ''
    const told = { name: `tiny-llama, two steps, ${one.name}${words}`, reader: `TRL, processes: ${one.processes}` }
    const { status, stdout, stderr } = ask(python, one, join(work, `trl-${i}`))
    if (typeof one.wanted === 'string') {
      return status !== 0 && stderr.includes(one.wanted) ? told : { ...told, problem: `not refused: ${stderr.trim().split('\n').slice(-3).join(' ')}` }
    }
    if (status !== 0) return { ...told, problem: stderr.trim().split('\n').slice(-3).join(' ') }
    const theirs = (JSON.parse(stdout.trim().split('\n').at(-1)!) as { losses: number[] }).losses
    const off = Math.max(...one.wanted.map((loss, step) => Math.abs(theirs[step]! - loss)))
    return off <= TOLERANCE ? { ...told, off } : { ...told, off, problem: `its losses are ${theirs.join(', ')}, not ${one.wanted.join(', ')}` }
  })
}
