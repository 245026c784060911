/** Command lines as people write them, and mistakes on them. */
import { describe, expect, it } from 'vitest'
import {
  ENGINE_OPTION,
  engineWish,
  helpText,
  JSON_OPTION,
  MODEL_OPTIONS,
  modelChoice,
  parseCommand,
  WEIGHTS_OPTION,
} from '../../src/cli/arguments.ts'
import type { CommandSpec } from '../../src/cli/arguments.ts'
import { exitCodeOf } from '../../src/cli/main.ts'
import { HomespunError } from '../../src/errors.ts'

const SPEC: CommandSpec = {
  name: 'finetune',
  positionals: 'PAIRS',
  summary: 'Trains.',
  options: [
    ...MODEL_OPTIONS,
    ENGINE_OPTION,
    WEIGHTS_OPTION,
    { name: 'lr', value: 'X', help: 'learning rate' },
    { name: 'steps', value: 'N', help: 'steps' },
    JSON_OPTION,
  ],
}

function parse(...argv: string[]) {
  const args = parseCommand(SPEC, argv)
  if (!args) throw new Error('help was asked for')
  return args
}

describe('a command line', () => {
  it('gives positionals, values and switches', () => {
    const args = parse('pairs.jsonl', '--lr', '1e-3', '--steps=20', '--json')
    expect(args.positionals).toEqual(['pairs.jsonl'])
    expect(args.number('lr')).toBe(0.001)
    expect(args.whole('steps')).toBe(20)
    expect(args.has('json')).toBe(true)
    expect(args.number('model')).toBeUndefined()
  })

  it.each([
    [['pairs.jsonl', '--learning-rate', '1'], /--learning-rate/],
    [[], /needs PAIRS/],
    [['a.jsonl', 'b.jsonl'], /"b.jsonl"/],
    [['pairs.jsonl', '--lr'], /--lr/],
  ])('refuses %j by name', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message)
  })

  it.each(['', 'fast', '1e-3x', 'NaN', 'Infinity'])('refuses "%s" as a number', (text) => {
    expect(() => parse('p', `--lr=${text}`).number('lr')).toThrow(/--lr needs a number/)
  })

  it('refuses a fraction where a whole number is needed', () => {
    expect(() => parse('p', '--steps', '1.5').whole('steps')).toThrow(/--steps needs a whole number/)
  })

  it('shows every option when asked for help, whatever else is there', () => {
    expect(parseCommand(SPEC, ['--help'])).toBeUndefined()
    for (const { name } of SPEC.options) expect(helpText(SPEC)).toContain(`--${name}`)
  })

  it('refuses engines and models that are not there, by name', () => {
    expect(() => engineWish(parse('p', '--engine', 'cuda'))).toThrow(/"cuda"/)
    expect(engineWish(parse('p', '--engine', 'onnx'))).toBe('onnx')
    expect(engineWish(parse('p'))).toBe('auto')
    expect(modelChoice(parse('p')).name).toBe('builtin')
  })

  it('keeps the weights of a resumed run as they were unless told otherwise', () => {
    expect(modelChoice(parse('p')).weights).toBe('stored')
    expect(modelChoice(parse('p'), 'int8').weights).toBe('int8')
    expect(modelChoice(parse('p', '--weights', 'int4'), 'int8').weights).toBe('int4')
  })
})

it.each([
  ['usage', 2],
  ['file-unreadable', 2],
  ['setting-invalid', 2],
  ['gpu-lost', 1],
  ['out-of-gpu-memory', 1],
  ['loss-not-finite', 1],
  ['webgpu-missing', 1],
])('ends with the exit code that "%s" deserves', (code, exit) => {
  expect(exitCodeOf(new HomespunError(code, 'It happened.'))).toBe(exit)
})

it('ends with 1 where nobody foresaw the failure', () => {
  expect(exitCodeOf(new TypeError('x is undefined'))).toBe(1)
})
