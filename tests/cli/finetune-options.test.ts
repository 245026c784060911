/** What the options of finetune make of a run's settings. */
import { describe, expect, it } from 'vitest'
import { parseCommand } from '../../src/cli/arguments.ts'
import { FINETUNE, runWishes, refuseWithResume, settingsFor } from '../../src/cli/finetune/options.ts'

const facts = {
  examples: 1000,
  contextLength: 512,
  linearModules: ['q_proj', 'v_proj', 'up_proj'],
  parameters: 260_000,
  longest: 300,
}

function parse(...argv: string[]) {
  const args = parseCommand(FINETUNE, ['pairs.jsonl', ...argv])
  if (!args) throw new Error('help was asked for')
  return args
}

const settings = (...argv: string[]) => settingsFor(runWishes(parse(...argv)), facts)

describe('settings of a run', () => {
  it('are the defaults of the page where nothing is given', () => {
    expect(settings()).toMatchObject({
      lora: { rank: 16, alpha: 32, dropout: 0, targetModules: ['q_proj', 'v_proj', 'up_proj'] },
      epochs: 3, steps: undefined, batchSize: 4, accumulate: 2, maxLength: 304, schedule: 'cosine', clipNorm: 1, seed: 42, warmupSteps: 19,
    }) // prettier-ignore
  })

  it('follow the length that was asked for', () => {
    expect(settings('--steps', '200')).toMatchObject({ steps: 200, epochs: undefined, warmupSteps: 10, evaluateEvery: 20 })
    expect(settings('--epochs', '1', '--batch-size', '8', '--accumulate', '1')).toMatchObject({ epochs: 1, warmupSteps: 6 })
  })

  it('take every option', () => {
    const argv =
      '--lr 1e-3 --schedule linear --warmup 3 --rank 8 --alpha 4 --targets q_proj,v_proj --dropout 0.1 --weight-decay 0.01 --clip 2 --seed 7 --max-length 64'
    expect(settings(...argv.split(' '))).toMatchObject({
      learningRate: 1e-3, schedule: 'linear', warmupSteps: 3, weightDecay: 0.01, clipNorm: 2, seed: 7, maxLength: 64,
      lora: { rank: 8, alpha: 4, dropout: 0.1, targetModules: ['q_proj', 'v_proj'] },
    }) // prettier-ignore
    expect(settings('--targets', 'all-linear').lora.targetModules).toHaveLength(3)
  })

  it('cannot be given again to a run that goes on', () => {
    expect(() => refuseWithResume(parse('--resume', 'out', '--lr', '1', '--rank', '2'))).toThrow('--lr, --rank')
    expect(() => refuseWithResume(parse('--resume', 'out', '--valid', 'v.jsonl', '--json'))).not.toThrow()
  })
})
