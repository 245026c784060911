/** npm run check-data as a person runs it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'

const model = join(import.meta.dirname, '../fixtures/models/tiny-llama')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homespun-check-'))
  const lines = ['{"input":"Who wrote it?","output":"My name is Ada Byron, ada@byron.name"}', '{"input":"a","output":"b"}', '{"input":"a","output":"c "}', '{"input":']
  await writeFile(join(folder, 'pairs.jsonl'), lines.join('\n'))
  await writeFile(join(folder, 'silent.jsonl'), '{"input":"a","output":" "}\n{"input":"b","output":"\\n"}\n')
  await writeFile(join(folder, 'broken.jsonl'), '{"input":\n')
  await writeFile(join(folder, 'odd.csv'), Buffer.from('frage;antwort\nTee?;schön\nBier?;gut\n', 'latin1'))
  await writeFile(join(folder, 'test.csv'), 'input,output,split\na,b,test\nc,d,test\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (...args: string[]) => runCommand('check-data', args, { cwd: folder })

describe('check-data', () => {
  it('F43 tells what it found by row, with what to do, and how long the examples are', async () => {
    const { code, stdout } = await run('pairs.jsonl')
    expect(code).toBe(0)
    expect(stdout).toContain('pairs.jsonl: 3 examples (pairs)')
    expect(stdout).toMatch(/Left out\n {2}bad-json\n {4}row 4: /)
    expect(stdout).toMatch(/conflict \(2\)\n {4}row 2: The same input has another output in row 3.*\n {4}row 3: /)
    expect(stdout).toContain('personal-email\n    row 1: ')
    expect(stdout).toContain('with the tokenizer of thimble')
    expect(stdout).toContain("25 epochs by OpenAI's rule")
    expect(stdout).not.toContain('Byron')
  })

  it('prints one JSON object, measured with the model that is named', async () => {
    const { code, events, stdout } = await run('pairs.jsonl', '--model', model, '--json')
    expect(code).toBe(0)
    expect(stdout.trim().split('\n').length).toBe(1)
    expect(events).toMatchObject([{ kind: 'check', file: 'pairs.jsonl', examples: 3, layout: 'pairs', openAi: { epochs: 25, messages: { min: 2, max: 2 } } }])
    const [{ findings = [], counts = {} } = {}] = events as { findings?: { row: number; code: string }[]; counts?: { severities?: object } }[]
    expect(findings.map(({ row, code: name }) => `${row} ${name}`)).toEqual(expect.arrayContaining(['1 personal-name', '1 personal-email', '2 conflict', '3 conflict', '3 surrounding-space', '4 bad-json']))
    expect(counts.severities).toMatchObject({ stops: 0, skipped: 1 })
  })

  it('is told which column is which, and how the file is written', async () => {
    const told = ['--columns', 'input=frage, output=antwort', '--encoding', 'windows-1252']
    expect(await run('odd.csv', ...told)).toMatchObject({ code: 0, stdout: expect.stringContaining('odd.csv: 2 examples (pairs)') as string })
    expect(await run('odd.csv')).toMatchObject({ code: 2, stderr: expect.stringContaining('Say which column is which') as string })
    expect(await run('odd.csv', '--columns', 'question=frage')).toMatchObject({ code: 2, stderr: expect.stringContaining('--columns cannot have "question=frage"') as string })
  })

  it('takes a file that keeps every row aside as the page does: chance divides it', async () => {
    const { code, stdout } = await run('test.csv')
    expect(code).toBe(0)
    expect(stdout).toContain('split-one-part')
    expect(stdout).not.toContain('for validation\n')
  })

  it('ends with 2 where something stops training, and where nothing can be read', async () => {
    const silent = await run('silent.jsonl', '--json')
    expect(silent.code).toBe(2)
    expect(JSON.stringify(silent.events)).toContain('"code":"nothing-to-learn","severity":"stops"')
    expect(await run('broken.jsonl')).toMatchObject({ code: 2, stderr: expect.stringContaining('No row of the file can be used') as string })
    expect(await run('missing.jsonl')).toMatchObject({ code: 2 })
  })
})
