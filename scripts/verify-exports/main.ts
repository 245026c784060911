/**
 * npm run verify:exports [-- merged gguf mlx trl]: every golden's model goes out with an adapter as a merged folder, as GGUF and for mlx-lm, and the
 * programs these are for must read there what Hugging Face PEFT makes of base and adapter, and ask as it was taught; and a run's
 * bundle goes on under TRL. A new family joins by its folder. Without the name of a part, all of them.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writePeftFolder } from '../../src/adapters/peft.ts'
import { writeFolder } from '../../src/cli/folders.ts'
import { openCaseModel } from '../../src/cli/parity/case-model.ts'
import { openModelDirectory } from '../../src/hub/node-model-directory.ts'
import type { ModelFolder } from '../../src/hub/types.ts'
import { HomespunError } from '../../src/errors.ts'
import type { LoraAdapter } from '../../src/adapters/types.ts'
import { promptTokens } from '../../src/data/render/tokenize.ts'
import { createTokenizer } from '../../src/data/tokenizer/node.ts'
import type { Message } from '../../src/data/types.ts'
import { modelFromConfig } from '../../src/models/index.ts'
import { ggufAdapter } from '../../src/runtime/export/gguf/adapter.ts'
import { mannerOf, type Manner } from '../../src/runtime/export/manner.ts'
import { mergedFolder } from '../../src/runtime/export/merged-folder.ts'
import { mlxAdapter } from '../../src/runtime/export/mlx-adapter.ts'
import { findPython, NoPython, PEFT_PACKAGES } from '../lib/python.ts'
import { compareWithTrl } from './trl.ts'
import { ownAdapter, placements, receiptFor, type Placement } from '../verify-peft/adapters.ts'

const FIXTURES = join(import.meta.dirname, '../../tests/fixtures')
const GOLDENS = join(FIXTURES, 'goldens')
const NEEDS = {
  name: 'verify-exports',
  packages: [...PEFT_PACKAGES, 'gguf', 'mlx[cpu]', 'mlx-lm', 'trl', 'accelerate', 'datasets'],
  modules: ['torch', 'transformers', 'peft', 'gguf', 'mlx.core', 'mlx_lm', 'trl'],
}
const PARTS = ['merged', 'gguf', 'mlx', 'trl'] as const
const wanted = process.argv.slice(2)
const isWanted = (part: (typeof PARTS)[number]) => wanted.length === 0 || wanted.includes(part)

/** What a person asks; a merged model must be asked in the words of its template. */
const ASKED: readonly (readonly Message[])[] = [
  [{ role: 'user', content: 'What is a cat?' }],
  [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'What is "a" cat?\n' }],
  [{ role: 'user', content: 'A' }, { role: 'assistant', content: 'B' }, { role: 'user', content: 'C' }],
]
const TEMPLATE = { prompt: 'Frage "{input}"\n', answer: 'Antwort: {output}' }

/** The exit code where nothing could be verified. */
const NOT_POSSIBLE = 3

/** One adapter on one model, in every form: see readers.py. */
interface Export {
  readonly name: string
  readonly model: string
  readonly case: string
  readonly peft: string
  readonly merged?: string
  /** What is asked, and the tokens that are the question in a model taught with a plain template; none with an encoder. */
  readonly asked: readonly { messages: readonly Message[]; ids: readonly number[] }[]
  readonly endIds: readonly number[]
  /** Absent where the family has no such form. */
  readonly gguf?: string
  readonly mlx?: string
}

interface Result {
  readonly name: string
  readonly reader: string
  /** Largest difference of a logit, or of a number in a file. */
  readonly off?: number
  readonly problem?: string
  /** Why that reader could not be asked. */
  readonly skipped?: string
}

/** Undefined where the family is refused by name. */
async function unlessRefused<T>(write: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof HomespunError && /^export-(gguf|mlx)-family$/.test(error.code)) return undefined
    throw error
  }
}

async function writeExport(
  name: string,
  folder: ModelFolder,
  placement: Placement,
  path: string,
): Promise<Omit<Export, 'model' | 'case'>> {
  const adapter = ownAdapter(placement, modelFromConfig(folder.config).linearModules)
  const [peft, merged, gguf, mlx] = ['peft', 'merged', 'lora.gguf', 'mlx'].map((form) => join(path, form)) as [
    string,
    string,
    string,
    string,
  ]
  await writeFolder(peft, await writePeftFolder(adapter, receiptFor(name)))
  const { tokenizerJson: tokenizer, tokenizerConfig, config, generationConfig } = folder
  const own = await createTokenizer({ tokenizer, tokenizerConfig, config, generationConfig })
  const template = modelFromConfig(folder.config).encoder ? 'source-target' : TEMPLATE
  const asked = template === 'source-target' ? [] : ASKED.map((messages) => ({ messages, ids: promptTokens(messages, own, template) }))
  if (isWanted('merged')) await writeMerged(folder, adapter, mannerOf(template, own), merged)
  const asGguf = isWanted('gguf') && (await unlessRefused(() => ggufAdapter(folder, adapter, name, 'f32')))
  if (asGguf) await writeFile(gguf, new Uint8Array(await asGguf.arrayBuffer()))
  const asMlx = isWanted('mlx') && (await unlessRefused(() => mlxAdapter(folder, adapter)))
  if (asMlx) await writeFolder(mlx, asMlx)
  return {
    name: `${name}, ${placement.name}`, peft, asked, endIds: own.endIds,
    ...(isWanted('merged') && { merged }), ...(asGguf && { gguf }), ...(asMlx && { mlx }),
  }
}

async function writeMerged(folder: ModelFolder, adapter: LoraAdapter, manner: Manner, path: string): Promise<void> {
  const files = []
  for (const file of mergedFolder(folder, adapter, manner)) {
    const pieces = []
    for await (const piece of file.read()) pieces.push(piece)
    files.push({ path: file.name, bytes: new Uint8Array(await new Blob(pieces).arrayBuffer()) })
  }
  await writeFolder(path, files)
}

/** What the readers of the forms find. */
async function askReaders(python: string, work: string): Promise<Result[]> {
  const names = (await readdir(GOLDENS, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const exports: Export[] = []
  for (const name of names.sort()) exports.push(...(await exportsOf(name, work)))
  const manifest = join(work, 'manifest.json')
  await writeFile(manifest, JSON.stringify(exports))
  const { status, stderr } = spawnSync(python, ['-W', 'ignore', join(import.meta.dirname, 'readers.py'), manifest], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The readers failed: ${stderr.trim().split('\n').slice(-5).join('\n')}`)
  return JSON.parse(await readFile(join(work, 'results.json'), 'utf8')) as Result[]
}

async function exportsOf(name: string, work: string): Promise<Export[]> {
  const path = join(GOLDENS, name, 'case.json')
  const given = JSON.parse(await readFile(path, 'utf8')) as { model?: string }
  const model = given.model === undefined ? join(GOLDENS, name) : join(GOLDENS, name, given.model)
  // The goldens have ids and no text: the tokenizer is another model's.
  const folder = {
    ...(await openModelDirectory(join(FIXTURES, 'models/tiny-llama'))),
    generationConfig: undefined,
    ...(await openCaseModel(model)),
  }
  const made: Export[] = []
  for (const [i, placement] of placements(modelFromConfig(folder.config).linearModules).entries()) {
    made.push({ ...(await writeExport(name, folder, placement, join(work, `${name}-${i}`))), model, case: path })
  }
  return made
}

/** One line a result; gives how many passed and failed. */
function tell(results: readonly Result[]) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const { name, reader, off, problem, skipped } of results) {
    const words = problem ?? skipped
    console.log(
      `${problem ? 'FAILED' : skipped ? '-     ' : 'ok    '}  ${name}: ${reader}${words ? `: ${words}` : ''}${off === undefined ? '' : `, ${off.toExponential(1)} off`}`,
    )
    counts[problem ? 'failed' : skipped ? 'skipped' : 'passed']++
  }
  return counts
}

const unknown = wanted.find((part) => !PARTS.some((one) => one === part))
if (unknown !== undefined) throw new Error(`There is no part “${unknown}”: name any of ${PARTS.join(', ')}.`)
const work = await mkdtemp(join(tmpdir(), 'homespun-verify-exports-'))
try {
  const python = findPython(NEEDS, console.log)
  const read = (['merged', 'gguf', 'mlx'] as const).some(isWanted) ? await askReaders(python, work) : []
  const { passed, failed, skipped } = tell([...read, ...(isWanted('trl') ? await compareWithTrl(python, work) : [])])
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
} catch (error) {
  const impossible = error instanceof NoPython
  console.log(impossible ? `${error.message}\nExports were not read by other programs.` : error)
  if (!impossible) console.log('0 passed, 1 failed')
  process.exitCode = impossible ? NOT_POSSIBLE : 1
} finally {
  await rm(work, { recursive: true, force: true })
}
