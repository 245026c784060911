/** A run over a real, small model: what is learnt, what is told, and what is kept when things go wrong. */
import { describe, expect, it } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import { meanLoss } from '../../src/train/evaluate.ts'
import { learningRateAt } from '../../src/train/schedule.ts'
import { BigramStep } from './bigram-step.ts'
import { eventsOf, layOut, startToy, toyExample, toySettings, toyTraining, toyValidation } from './toy-run.ts'
import { containing } from '../support/matching.ts'

const config = toySettings.lora

describe('the toy model itself', () => {
  it('has the gradients of its loss (central differences)', async () => {
    const batch = layOut(toyTraining.slice(0, 3))
    const model = new BigramStep({ ...config, dropout: 0.3 }, { weightDecay: 0, clipNorm: 1e9, seed: 3 })
    model.b.forEach((_, i) => (model.b[i] = Math.sin(i) / 3))
    const start = model.a[5]!
    const lossAt = async (value: number) => {
      const probe = new BigramStep({ ...config, dropout: 0 }, { weightDecay: 0, clipNorm: 1e9, seed: 3 })
      probe.b.set(model.b)
      probe.a[5] = value
      return (await meanLoss(probe, [batch]))!
    }
    const difference = ((await lossAt(start + 1e-3)) - (await lossAt(start - 1e-3))) / 2e-3
    const plain = new BigramStep(config, { weightDecay: 0, clipNorm: 1e9, seed: 3 })
    plain.b.set(model.b)
    await plain.step([batch], { learningRate: 0, randomStep: 0 })
    const { firstMoment } = await plain.readOptimizer()
    expect(firstMoment[5]! / 0.1).toBeCloseTo(difference, 4)
  })
})

describe('a run', () => {
  it('learns: training and validation loss fall, and every step is told in order', async () => {
    const run = startToy()
    const { reason, state } = await run.result
    const steps = eventsOf(run.events, 'step')
    expect(reason).toBe('finished')
    expect(steps.map((event) => event.step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss * 0.7)
    const evaluations = eventsOf(run.events, 'evaluation')
    expect(evaluations.map((event) => event.step)).toEqual([0, 10, 20, 30, 40])
    expect(evaluations.at(-1)!.loss).toBeLessThan(evaluations[0]!.loss)
    expect(state.step).toBe(40)
    expect(state.trainingLosses).toHaveLength(40)
    expect(eventsOf(run.events, 'checkpoint').map((event) => event.step)).toEqual([8, 16, 24, 32])
  })

  it('keeps two steps in flight, never more', async () => {
    const run = startToy({ evaluateEvery: 1000, checkpointEvery: 1000 })
    await run.result
    expect(run.model.mostInFlight).toBe(2)
  })

  it('uses the schedule, step by step', async () => {
    const run = startToy()
    await run.result
    const told = eventsOf(run.events, 'step').map((event) => event.learningRate)
    expect(told).toEqual(Array.from({ length: 40 }, (_, i) => learningRateAt(i, 40, toySettings)))
  })

  it('F60 the same seed gives the same curve and adapter; another seed does not', async () => {
    const dropout = { lora: { ...config, dropout: 0.2 } }
    const [first, second, other] = [startToy(dropout), startToy(dropout), startToy({ ...dropout, seed: 6 })]
    const [one, two, three] = [await first.result, await second.result, await other.result]
    expect(two.state.trainingLosses).toEqual(one.state.trainingLosses)
    expect(two.adapter).toEqual(one.adapter)
    expect(three.state.trainingLosses).not.toEqual(one.state.trainingLosses)
  })

  it('accumulated micro-batches give the loss curve of the whole batch', async () => {
    const whole = await startToy({ batchSize: 8, accumulate: 1 }).result
    const parts = await startToy({ batchSize: 2, accumulate: 4 }).result
    parts.state.trainingLosses.forEach(([step, loss], i) => {
      expect([step, loss]).toEqual([i + 1, expect.closeTo(whole.state.trainingLosses[i]![1], 5)])
    })
  })

  it('F50 trains with fewer examples than a batch', async () => {
    const batches = { stepBatches: () => [layOut([toyExample(3)])] }
    const run = startToy({ steps: 10 }, { batches })
    const { state } = await run.result
    expect(state.trainingLosses.at(-1)![1]).toBeLessThan(state.trainingLosses[0]![1])
  })

  it('F52 leaves out a step without targets, and a validation without any, never 0/0', async () => {
    const masked = layOut([toyExample(1)], 0)
    const batches = { stepBatches: (index: number) => [index === 2 ? masked : layOut([toyExample(index)]), masked] }
    const run = startToy({ steps: 6 }, { batches, validation: [masked] })
    const { state, reason } = await run.result
    expect(reason).toBe('finished')
    expect(eventsOf(run.events, 'step').map((event) => event.step)).toEqual([1, 2, 4, 5, 6])
    expect(eventsOf(run.events, 'warning')[0]!.message).toMatch(/Step 3 has no token to learn/)
    expect(eventsOf(run.events, 'evaluation')).toEqual([])
    expect(state.trainingLosses.every(([, loss]) => Number.isFinite(loss))).toBe(true)
    expect(state.optimizer.step).toBe(5)
  })
})

describe('numbers that break', () => {
  it('F53 a loss that is not a number stops the run and keeps the last good checkpoint', async () => {
    const run = startToy({}, {}, { onStep: (index, model) => void (index === 20 && (model.base[0] = NaN, model.base.fill(NaN))) })
    const { reason, adapter, adapterStep, state } = await run.result
    expect(reason).toBe('not-finite')
    expect(adapterStep).toBe(16)
    expect(adapter).toEqual(run.checkpoints.at(-1)!.adapter)
    expect(state.trainingLosses.at(-1)![0]).toBe(16)
    expect(eventsOf(run.events, 'step').at(-1)!.step).toBe(20)
    expect(eventsOf(run.events, 'warning').at(-1)!.message).toMatch(/loss at step 21 is not a number/)
  })

  it('F53 an infinite loss before anything was saved is an error that says what to do', async () => {
    const run = startToy({}, { validation: [] }, { onStep: (index, model) => void (index === 2 && model.base.fill(Infinity)) })
    const error: unknown = await run.result.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HomespunError)
    expect(error).toMatchObject({ code: 'loss-not-finite', fix: containing('lower learning rate') })
    expect(run.checkpoints).toEqual([])
  })

  it('F53 a validation loss that is not a number stops the run as well', async () => {
    const run = startToy({}, {}, { onStep: (index, model) => void (index === 9 && model.b.fill(NaN)) })
    const { reason, adapterStep } = await run.result
    expect([reason, adapterStep]).toEqual(['not-finite', 8])
  })

  it('F54 an update whose gradient is not finite is left out, counted and told; the run goes on', async () => {
    const onStep = (index: number, model: BigramStep) => void (model.gradientFactor = index === 5 || index === 9 ? NaN : 1)
    const run = startToy({}, {}, { onStep })
    const { reason, state } = await run.result
    expect(reason).toBe('finished')
    expect(state.skippedTotal).toBe(2)
    expect(state.optimizer.step).toBe(38)
    expect(eventsOf(run.events, 'step').filter((event) => event.skipped).map((event) => event.step)).toEqual([6, 10])
    expect(eventsOf(run.events, 'step').at(-1)!.skippedTotal).toBe(2)
    expect(eventsOf(run.events, 'warning').map((event) => event.message)).toHaveLength(2)
  })

  it('F54 a run whose every update is left out stops rather than pretend', async () => {
    const onStep = (index: number, model: BigramStep) => void (model.gradientFactor = index < 10 ? 1 : NaN)
    const { reason, adapterStep } = await startToy({}, {}, { onStep }).result
    expect(reason).toBe('not-finite')
    expect(adapterStep).toBeLessThanOrEqual(24)
  })
})

describe('early stop', () => {
  const overfit = { steps: 200, learningRate: 0.09, warmupSteps: 0, schedule: 'constant' as const, evaluateEvery: 5, patience: 3 }
  const few = { stepBatches: () => [layOut(toyTraining.slice(0, 2))] }

  it('stops after the patience and keeps the best evaluated adapter', async () => {
    const run = startToy(overfit, { batches: few })
    const { reason, adapter, adapterStep, state } = await run.result
    const evaluations = eventsOf(run.events, 'evaluation').slice(1)
    const best = evaluations.reduce((least, event) => (event.loss < least.loss ? event : least))
    expect(reason).toBe('early-stop')
    expect(state.step).toBeLessThan(200)
    expect(adapterStep).toBe(best.step)
    expect(evaluations.at(-1)!.step - best.step).toBe(15)
    const probe = new BigramStep(config, toySettings)
    probe.writeAdapter(adapter)
    expect(await meanLoss(probe, toyValidation)).toBe(best.loss)
  })

  it('is off with patience 0: the run ends where it ends', async () => {
    const { reason, adapterStep } = await startToy({ ...overfit, steps: 60, patience: 0 }, { batches: few }).result
    expect([reason, adapterStep]).toEqual(['finished', 60])
  })
})
