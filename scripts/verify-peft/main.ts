/**
 * npm run verify:peft: adapters go from here to Hugging Face PEFT and from there to here, for the model of every golden under
 * tests/fixtures/goldens, and both sides must compute the same logits. A new family joins by its folder.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPeftFolder, writePeftFolder } from '../../src/adapters/peft.ts'
import { readTensors } from '../../src/adapters/tensors.ts'
import { readFolder, writeFolder } from '../../src/cli/folders.ts'
import { changeProblem, type TheirChanges } from './changes.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { readCase, type ParityCase } from '../../src/cli/parity/case.ts'
import { logitsFigure } from '../../src/cli/parity/compare.ts'
import { openParityEngine, type ParityModel } from '../../src/cli/parity/engines.ts'
import { exampleSize, packMicroBatch, planLayout } from '../../src/data/batch/pack.ts'
import type { MicroBatch } from '../../src/data/types.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import type { LinearModule } from '../../src/models/types.ts'
import { findPython, NoPython, PEFT_PACKAGES } from '../lib/python.ts'
import { ownAdapter, peftSettings, placements, receiptFor, type Placement } from './adapters.ts'

const GOLDENS = join(import.meta.dirname, '../../tests/fixtures/goldens')
/** Largest difference of a logit. */
const TOLERANCE = 1e-4
/** An adapter that moves no logit by this much proves nothing: one whose strength is 1 % off would pass. */
const LEAST_EFFECT = 0.1
/** The exit code where nothing could be verified. */
const NOT_POSSIBLE = 3

/** An adapter on its way: PEFT gets it, or is to make it, in `folder`, and leaves its logits and what it changes. */
interface Exchange {
  readonly from: 'ours' | 'PEFT'
  readonly placement: Placement
  readonly folder: string
  readonly logits: string
  readonly changes: string
}

interface Subject {
  readonly given: ParityCase
  readonly folder: string
  readonly modules: readonly LinearModule[]
  readonly batch: MicroBatch
  readonly exchanges: readonly Exchange[]
}

async function openSubject(name: string, work: string): Promise<Subject> {
  const given = await readCase(join(GOLDENS, name))
  const modules = modelFromConfig((await openCaseModel(given.modelPath)).config).linearModules
  const exchanges = placements(modules).flatMap((placement, i) =>
    (['ours', 'PEFT'] as const).map((from): Exchange => {
      const folder = join(work, `${name}-${i}-${from}`)
      return { from, placement, folder, logits: `${folder}.safetensors`, changes: `${folder}.changes.json` }
    }),
  )
  const batch = packMicroBatch(given.examples, planLayout([given.examples.map(exampleSize)]))
  for (const { folder, placement } of exchanges.filter(({ from }) => from === 'ours')) {
    await writeFolder(folder, await writePeftFolder(ownAdapter(placement, modules), receiptFor(name)))
  }
  return { given, folder: join(GOLDENS, name), modules, batch, exchanges }
}

/** What PEFT is asked to do; see peft_side.py. */
const manifestEntry = ({ given, folder, modules, exchanges }: Subject) => ({
  case: join(folder, 'case.json'),
  model: given.modelPath,
  given: exchanges.filter(({ from }) => from === 'ours'),
  wanted: exchanges.filter(({ from }) => from === 'PEFT').map((exchange) => ({ ...exchange, lora: peftSettings(exchange.placement, modules) })),
})

/** What PEFT could not do, by folder. */
async function askPeft(python: string, subjects: readonly Subject[], work: string): Promise<Record<string, string>> {
  const manifest = join(work, 'manifest.json')
  await writeFile(manifest, JSON.stringify(subjects.map(manifestEntry)))
  const { status, stderr } = spawnSync(python, ['-W', 'ignore', join(import.meta.dirname, 'peft_side.py'), manifest], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`PEFT's side failed: ${stderr.trim().split('\n').slice(-5).join('\n')}`)
  return JSON.parse(await readFile(join(work, 'results.json'), 'utf8')) as Record<string, string>
}

/** Why an adapter does not compute the same on both sides; undefined where it does. `tell` hears by how much they differ. */
async function difference(model: ParityModel, { given, modules, batch }: Subject, exchange: Exchange, tell: (off: number) => void) {
  const target = { base: receiptFor(given.name).base, modules, allowOtherBase: true }
  const { adapter } = await readPeftFolder(await readFolder(exchange.folder), target)
  const [base, ours] = [await model.logits(batch, undefined), await model.logits(batch, adapter)]
  const theirs = (await readTensors(new Uint8Array(await readFile(exchange.logits)), exchange.logits)).get('logits')!
  const tensors = new Map([['trained_logits', theirs]])
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const off = logitsFigure('trained', { ...given, tensors }, batch, ours).value * largest
  const effect = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - base[i]!)), 0)
  tell(off)
  if (effect < LEAST_EFFECT) return `the adapter moves no logit by more than ${effect.toExponential(1)}`
  const theirChanges = JSON.parse(await readFile(exchange.changes, 'utf8')) as TheirChanges
  const changed = await changeProblem(adapter, given, theirChanges)
  if (changed) return changed
  const stronger = { ...adapter, config: { ...adapter.config, alpha: adapter.config.alpha * 1.01 } }
  if (!(await changeProblem(stronger, given, theirChanges))) return 'an adapter that is 1 % stronger is told to change the same'
  return off <= TOLERANCE ? undefined : `logits differ by ${off.toExponential(1)}; ${TOLERANCE} is allowed`
}

/** One line an adapter; gives how many passed and failed. */
async function verify(subjects: readonly Subject[], problems: Readonly<Record<string, string>>) {
  const counts = { passed: 0, failed: 0 }
  const engine = await openParityEngine('onnx')
  for (const subject of subjects) {
    const model = await engine.load(await openCaseModel(subject.given.modelPath))
    for (const exchange of subject.exchanges) {
      let measured = ''
      const problem =
        problems[exchange.folder] ??
        (await difference(model, subject, exchange, (off) => (measured = `, ${off.toExponential(1)} off`)).catch((error: unknown) => String(error)))
      const way = exchange.from === 'ours' ? 'ours in PEFT' : 'PEFT’s here'
      console.log(`${problem ? 'FAILED' : 'ok    '}  ${subject.given.name}: ${way}, ${exchange.placement.name}${problem ? `: ${problem}` : measured}`)
      counts[problem ? 'failed' : 'passed']++
    }
    model.destroy()
  }
  engine.destroy()
  return counts
}

const work = await mkdtemp(join(tmpdir(), 'homespun-verify-peft-'))
try {
  const python = findPython({ name: 'verify-peft', packages: PEFT_PACKAGES, modules: ['torch', 'transformers', 'peft', 'safetensors'] }, console.log)
  const names = (await readdir(GOLDENS, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const subjects: Subject[] = []
  for (const name of names.sort()) subjects.push(await openSubject(name, work))
  const { passed, failed } = await verify(subjects, await askPeft(python, subjects, work))
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
} catch (error) {
  const impossible = error instanceof NoPython
  console.log(impossible ? `${error.message}\nAdapters were not compared with PEFT.` : error)
  if (!impossible) console.log('0 passed, 1 failed')
  process.exitCode = impossible ? NOT_POSSIBLE : 1
} finally {
  await rm(work, { recursive: true, force: true })
}
