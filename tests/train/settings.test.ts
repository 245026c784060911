/** Schedules as in transformers, settings checked in plain words, defaults by size, honest speed. */
import { describe, expect, it } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import { learningRateAt } from '../../src/train/schedule.ts'
import { checkSettings, defaultEpochs, defaultSettings, totalSteps, withPace } from '../../src/train/settings.ts'
import { Speedometer } from '../../src/train/speed.ts'
import type { TrainingSettings } from '../../src/train/types.ts'

const facts = { examples: 1000, contextLength: 512, linearModules: ['q_proj', 'v_proj'], parameters: 135e6, longest: 100 }
const good = defaultSettings(facts)

describe('schedules', () => {
  // transformers 5.23: get_<name>_schedule_with_warmup(AdamW(lr=1), num_warmup_steps=2[, num_training_steps=6]), steps 0…6.
  const expected = {
    constant: [0, 0.5, 1, 1, 1, 1, 1],
    linear: [0, 0.5, 1, 0.75, 0.5, 0.25, 0],
    cosine: [0, 0.5, 1, 0.8535533905932737, 0.5, 0.1464466094067262, 0],
  }
  for (const schedule of ['constant', 'linear', 'cosine'] as const) {
    it(`${schedule} is transformers' own`, () => {
      const rates = expected[schedule].map((_, index) => learningRateAt(index, 6, { learningRate: 1, schedule, warmupSteps: 2 }))
      rates.forEach((rate, index) => expect(rate).toBeCloseTo(expected[schedule][index]!, 12))
    })
  }

  it('without warmup begins at the full rate', () => {
    expect(learningRateAt(0, 10, { learningRate: 2e-4, schedule: 'linear', warmupSteps: 0 })).toBe(2e-4)
  })
})

describe('settings', () => {
  const refusal = (change: Partial<TrainingSettings>): HomespunError => {
    try {
      checkSettings({ ...good, ...change }, facts)
    } catch (error) {
      if (error instanceof HomespunError) return error
    }
    throw new Error(`accepted ${JSON.stringify(change)}`)
  }

  it.each([0, -1e-4, NaN, Infinity, 1, 1e6])('F55 refuses the learning rate %s and says what is usual', (learningRate) => {
    const error = refusal({ learningRate })
    expect(error).toMatchObject({ code: 'setting-invalid', where: 'learning rate' })
    expect(error.message).toMatch(/between 0.0001 and 0.001/)
  })

  it('F55 refuses a warmup longer than the run, negative or fractional', () => {
    expect(refusal({ warmupSteps: 5000 }).message).toMatch(/warmup takes 5000 steps, but the run has only 375/)
    expect(refusal({ warmupSteps: -1 }).where).toBe('warmup steps')
    expect(refusal({ warmupSteps: 1.5 }).where).toBe('warmup steps')
    expect(() => checkSettings({ ...good, warmupSteps: 375 }, facts)).not.toThrow()
  })

  it.each<[string, Partial<TrainingSettings>]>([
    ['batch size', { batchSize: 0 }], ['accumulation', { accumulate: 2.5 }], ['longest example', { maxLength: 513 }],
    ['rank', { lora: { ...good.lora, rank: 0 } }], ['alpha', { lora: { ...good.lora, alpha: NaN } }],
    ['dropout', { lora: { ...good.lora, dropout: 1 } }], ['layers', { lora: { ...good.lora, targetModules: ['w1'] } }],
    ['length of the run', { epochs: undefined }], ['length of the run', { steps: 3 }], ['epochs', { epochs: -1 }],
    ['steps', { epochs: undefined, steps: 1e300 }], ['clipping', { clipNorm: 0 }], ['weight decay', { weightDecay: -1 }],
    ['seed', { seed: -5 }], ['patience', { patience: NaN }], ['steps between checkpoints', { checkpointEvery: 0 }],
    ['steps between evaluations', { evaluateEvery: 0 }],
  ])('names the setting: %s %o', (where, change) => {
    expect(refusal(change).where).toBe(where)
  })

  it('F32 refuses a run without examples', () => {
    expect(() => checkSettings(good, { ...facts, examples: 0 })).toThrow(/no example to learn from/)
  })

  it('the defaults are valid for any size of model and data', () => {
    for (const examples of [1, 2, 7, 8, 33, 1000, 100_000]) {
      for (const parameters of [260e3, 30e6, 1e9]) {
        const sized = { ...facts, examples, parameters }
        const settings = defaultSettings(sized)
        expect(() => checkSettings(settings, sized)).not.toThrow()
        expect(settings.learningRate).toBeGreaterThanOrEqual(1e-4)
        expect(settings.learningRate).toBeLessThanOrEqual(1.5e-3)
      }
    }
    expect(good).toMatchObject({ epochs: 3, learningRate: 2e-4, schedule: 'cosine', clipNorm: 1, maxLength: 112 })
    expect(good.lora).toMatchObject({ rank: 16, alpha: 32, dropout: 0, targetModules: ['q_proj', 'v_proj'] })
    expect(good.batchSize * good.accumulate).toBe(8)
    expect(good.warmupSteps / totalSteps(1000, good)).toBeCloseTo(0.05, 2)
  })

  it("epochs follow OpenAI's rule", () => {
    expect([1, 4, 10, 33, 34, 8333, 8334, 30_000].map((examples) => defaultEpochs(examples, 135e6))).toEqual([25, 25, 10, 3, 3, 3, 2, 1])
    expect([6, 56, 100, 160, 400, 30_000].map((examples) => defaultEpochs(examples, 3.4e6))).toEqual([8, 8, 8, 5, 3, 1])
  })

  it('counts the steps of whole and part epochs', () => {
    const batch = { batchSize: 4, accumulate: 2, steps: undefined }
    expect(totalSteps(17, { ...batch, epochs: 2 })).toBe(6)
    expect(totalSteps(8, { ...batch, epochs: 0.5 })).toBe(1)
    expect(totalSteps(17, { ...batch, epochs: undefined, steps: 5 })).toBe(5)
  })
})

describe('the pace of a run', () => {
  const few = { ...facts, examples: 43 }
  const ofEpochs = defaultSettings(few)
  const ofSteps = (steps: number) => ({ ...ofEpochs, epochs: undefined, steps })
  const evaluations = (settings: TrainingSettings) => Math.floor(totalSteps(43, settings) / settings.evaluateEvery)

  it('is the same however the length is given', () => {
    for (const epochs of [1, 3, 40, 500]) {
      const counted = { ...ofEpochs, epochs }
      const { warmupSteps, evaluateEvery, checkpointEvery } = withPace(ofSteps(totalSteps(43, counted)), 43, {})
      expect(withPace(counted, 43, {})).toMatchObject({ warmupSteps, evaluateEvery, checkpointEvery })
    }
  })

  it('follows a length that was 18 steps by epochs and is 90 by number', () => {
    expect(totalSteps(43, ofEpochs)).toBe(18)
    expect(withPace(ofSteps(90), 43, {})).toMatchObject({ steps: 90, warmupSteps: 5, evaluateEvery: 9, checkpointEvery: 10 })
  })

  it.each([20, 50, 90, 300, 1999, 100_000])('evaluates ten to twenty times in %i steps', (steps) => {
    const paced = withPace(ofSteps(steps), 43, {})
    expect(evaluations(paced)).toBeGreaterThanOrEqual(9)
    expect(evaluations(paced)).toBeLessThanOrEqual(21)
    expect(() => checkSettings(paced, few)).not.toThrow()
  })

  it('leaves what was chosen', () => {
    expect(withPace(ofSteps(900), 43, { evaluateEvery: 7 })).toMatchObject({ evaluateEvery: 7, warmupSteps: 45, checkpointEvery: 45 })
  })

  it.each([NaN, 0, -3, 1e300])('stays as it was while the length reads %d', (steps) => {
    const { warmupSteps, evaluateEvery, checkpointEvery } = ofEpochs
    expect(withPace(ofSteps(steps), 43, {})).toMatchObject({ warmupSteps, evaluateEvery, checkpointEvery })
  })
})

describe('speed', () => {
  function meter() {
    const time = { now: 100 }
    const speed = new Speedometer(() => time.now)
    const step = (seconds: number) => {
      time.now += seconds
      speed.stepDone(500)
    }
    return { time, speed, step }
  }

  it('gives no estimate before three steps, then tokens a second and the time left', () => {
    const { speed, step } = meter()
    speed.begin()
    step(2)
    step(2)
    expect(speed.secondsLeft(10, 0)).toBeUndefined()
    step(2)
    expect(speed.tokensPerSecond).toBe(250)
    expect(speed.secondsLeft(10, 0)).toBe(20)
  })

  it('F95 a sleeping machine makes no bogus estimate', () => {
    const { speed, step } = meter()
    speed.begin()
    for (let i = 0; i < 5; i++) step(2)
    step(8 * 3600)
    step(2)
    expect(speed.secondsLeft(10, 0)).toBe(20)
    expect(speed.tokensPerSecond).toBe(250)
    expect(speed.activeSeconds).toBe(12)
  })

  it('F95 not even when it slept in the first step, or the clock stood still', () => {
    const { speed, step } = meter()
    speed.begin()
    step(8 * 3600)
    for (let i = 0; i < 4; i++) step(2)
    step(0)
    expect(speed.secondsLeft(10, 0)).toBe(20)
    expect(speed.tokensPerSecond).toBe(250)
  })

  it('counts evaluations into the time left, and pauses into nothing', () => {
    const { time, speed, step } = meter()
    speed.begin()
    for (let i = 0; i < 3; i++) step(1)
    speed.rest()
    time.now += 500
    speed.begin()
    time.now += 4
    speed.evaluationDone()
    expect(speed.secondsLeft(10, 2)).toBe(18)
    expect(speed.activeSeconds).toBe(7)
  })
})
