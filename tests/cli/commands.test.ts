/** The terminal's commands as a person runs them: real processes, a small trained model, software WebGPU. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPeftFolder } from '../../src/adapters/peft.ts'
import { readFolder } from '../../src/cli/folders.ts'
import { runCommand, type Outcome, type RunOptions } from './run-command.ts'

const root = join(import.meta.dirname, '../..')
const model = join(root, 'tests/fixtures/models/tiny-llama')

function run(command: string, args: string[], onEvent?: RunOptions['onEvent']): Promise<Outcome> {
  return runCommand(command, args, { cwd: folder, onEvent })
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homespun-commands-'))
  const words = ['red', 'blue', 'green', 'white', 'black', 'brown']
  await writeFile(
    join(folder, 'pairs.jsonl'),
    words.map((word) => JSON.stringify({ input: `The ball is ${word}.`, output: word })).join('\n'),
  )
  await writeFile(join(folder, 'odd.csv'), `satz;farbe\n${words.map((word) => `The ball is ${word}.;${word}`).join('\n')}\n`)
  await writeFile(join(folder, 'broken.jsonl'), '{"input": "a", "output": "b"}\n{"input": \n{"input": "c", "output": "d"}\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const settings = ['--model', model, '--steps', '12', '--batch-size', '2', '--accumulate', '1', '--rank', '4', '--lr', '5e-3', '--json']
const training = ['pairs.jsonl', '--valid', 'pairs.jsonl', ...settings]

async function adapterOf(name: string) {
  return (await readPeftFolder(await readFolder(join(folder, name)))).adapter
}

describe('finetune, generate, evaluate', () => {
  it('trains an adapter that learns, keeps it as PEFT does, and answers with it', async () => {
    const trained = await run('finetune', [...training, '--out', 'whole'])
    expect(trained.stderr).toContain('Done')
    expect(trained.code).toBe(0)
    const kinds = trained.events.map(({ kind }) => kind)
    expect(kinds.indexOf('foretold'), 'before it begins').toBeLessThan(kinds.indexOf('started'))
    expect(trained.events.find(({ kind }) => kind === 'foretold')).toMatchObject({ seconds: expect.any(Number) as number, measuredSteps: expect.any(Number) as number })
    expect(trained.stderr).toMatch(/It will take about \d+ (s|min), as \d+ of its steps measured here say\./)
    const last = trained.events.at(-1)!
    expect(last).toMatchObject({ kind: 'adapter', reason: 'finished', steps: 12 })
    expect(last['lastValidationLoss']).toBeLessThan(last['firstValidationLoss'] as number)
    expect(await readdir(join(folder, 'whole'))).toEqual(['adapter_config.json', 'adapter_model.safetensors', 'homespun.json'])

    const [base, tuned] = [await run('evaluate', ['pairs.jsonl', '--model', model, '--json']),
      await run('evaluate', ['pairs.jsonl', '--model', model, '--adapter', 'whole', '--json'])] // prettier-ignore
    expect(base.events.at(-1)!['loss']).toBeCloseTo(last['firstValidationLoss'] as number, 4)
    expect(tuned.events.at(-1)).toMatchObject({ kind: 'evaluation', examples: 6, asked: 6 })
    expect(tuned.events.at(-1)!['loss']).toBeLessThan(base.events.at(-1)!['loss'] as number)
    const odd = await run('evaluate', ['odd.csv', '--columns', 'input=satz,output=farbe', '--model', model, '--json'])
    expect(odd.events.at(-1)!['loss']).toBe(base.events.at(-1)!['loss'])

    const ask = ['--model', model, '--prompt', 'The ball is red.\n', '--max-tokens', '8', '--temperature', '0', '--json']
    const [plain, again, adapted] = [
      await run('generate', ask),
      await run('generate', ask),
      await run('generate', [...ask, '--adapter', 'whole']),
    ]
    expect(plain.code).toBe(0)
    expect(again.events.at(-1)!['text']).toBe(plain.events.at(-1)!['text'])
    expect(adapted.events.at(-1)!['text']).not.toBe(plain.events.at(-1)!['text'])

    const order = ['--model', model, '--adapter', 'whole', '--out', 'as-onnx', '--dtype', 'fp16', '--engine', 'onnx', '--json']
    const exported = await run('export', order)
    expect(exported.events.at(-1)).toMatchObject({ kind: 'export', dtype: 'fp16', adapter: 'merged' })
    expect(exported.events.at(-1)!['difference']).toBeLessThan(0.01)
    expect(await readdir(join(folder, 'as-onnx', 'onnx'))).toEqual(['model_fp16.onnx'])
    expect(await run('export', order)).toMatchObject({ code: 2, stderr: expect.stringContaining('holds a model already') as string })
  }, 600_000)

  it('F61 F66 Ctrl-C stops at a step and keeps the adapter; going on, with the same columns, ends where an uninterrupted run does', async () => {
    const columns = ['--columns', 'input=satz,output=farbe']
    const odd = ['odd.csv', '--valid', 'odd.csv', ...columns]
    const stopped = await run('finetune', [...odd, ...settings, '--out', 'halves'], (event, interrupt) => {
      if (event['kind'] === 'step' && event['step'] === 3) interrupt()
    })
    expect(stopped.code).toBe(0)
    const { steps, reason } = stopped.events.at(-1) as { steps: number; reason: string }
    expect(reason).toBe('stopped')
    expect(steps).toBeLessThan(12)
    expect(await readdir(join(folder, 'halves'))).toContain('adapter_model.safetensors')

    const resume = ['odd.csv', '--model', model, '--valid', 'odd.csv', '--resume', 'halves', '--json']
    const otherColumns = await run('finetune', [...resume, ...columns])
    expect(otherColumns).toMatchObject({ code: 2, stderr: expect.stringContaining('so --columns cannot be given') as string })
    const rounded = await run('finetune', [...resume, '--weights', 'int8'])
    expect(rounded).toMatchObject({ code: 2, stderr: expect.stringContaining('with its weights as stored') as string })
    const resumed = await run('finetune', resume)
    expect(resumed.events.find(({ kind }) => kind === 'started')).toMatchObject({ fromStep: steps, steps: 12 })
    expect(resumed.events.at(-1)).toMatchObject({ reason: 'finished', steps: 12 })
    const [whole, halves] = [await adapterOf('whole'), await adapterOf('halves')]
    expect(halves).toEqual(whole)
    expect(await readdir(join(folder, 'halves'))).not.toContain(`checkpoint-${steps}`)
    expect(await readFile(join(folder, 'halves/adapter_model.safetensors'))).toEqual(
      await readFile(join(folder, 'whole/adapter_model.safetensors')),
    )
  }, 600_000)

  it('tells a bad row and goes on with the rest', async () => {
    const { code, stderr, events } = await run('evaluate', ['broken.jsonl', '--model', model, '--json'])
    expect(code).toBe(0)
    expect(stderr).toContain('broken.jsonl, row 2')
    expect(events.at(-1)).toMatchObject({ kind: 'evaluation', examples: 2 })
  }, 300_000)
})

it.each([
  ['finetune', ['missing.jsonl', '--model', model], 'missing.jsonl'],
  ['finetune', ['pairs.jsonl', '--model', 'nowhere'], 'nowhere'],
  ['finetune', ['pairs.jsonl', '--model', model, '--engine', 'cuda'], 'cuda'],
  ['finetune', ['pairs.jsonl', '--model', model, '--lr', 'fast'], '--lr'],
  ['finetune', ['pairs.jsonl', '--model', model, '--resume', '.'], 'no checkpoint'],
  ['finetune', ['pairs.jsonl', '--model', model, '--epochs', '1', '--steps', '2'], '--steps'],
  ['generate', ['--model', model, '--prompt', 'a', '--chat', 'b'], '--chat'],
  ['evaluate', ['--model', model], 'PAIRS'],
  ['parity', ['nowhere'], 'nowhere'],
])(
  '%s %j is refused in plain words, with exit code 2',
  async (command, args, named) => {
    const { code, stderr, stdout } = await run(command, args)
    expect(stderr).toContain(named)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  },
  120_000,
)
