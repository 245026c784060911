/** A LoRA training step on WebGPU: programs recorded once, replayed for every micro-batch; AdamW and clipping stay on the GPU. */
import type { LoraAdapter } from '../adapters/types.ts'
import type { MicroBatch } from '../data/types.ts'
import { HYPER, METRICS, STATE } from '../engine/ops/optimizer/step-control.ts'
import { makePlan, planMemory, type Plan } from '../engine/plan.ts'
import type { DeviceTraits } from '../engine/kernel.ts'
import { Program } from '../engine/webgpu/program.ts'
import { readBuffer, ReadbackRing } from '../engine/webgpu/readback.ts'
import { Submitter } from '../engine/webgpu/submitter.ts'
import { HomespunError } from '../errors.ts'
import { AdapterLayout, targetedModules } from '../runtime/adapter-layout.ts'
import type { GpuModel } from '../runtime/gpu-model.ts'
import type { PlannedModel } from '../runtime/weight-dtype.ts'
import { evaluationGraph, microBatchGraph, STORES, updateGraph, type TrainingGraphSettings } from './training-graph.ts'
import { batchFeeds } from './batch-feeds.ts'
import { checkTokens, type TrainingStepSettings } from './step-settings.ts'
import type { OptimizerState, PlanReport, StepMetrics, TrainingStep } from './types.ts'

/** Metrics under way at once: two steps in flight and an evaluation. */
const READBACKS = 4

interface TrainingPlans {
  layout: AdapterLayout
  microBatch: Plan
  update: Plan
  evaluation: Plan
  report: PlanReport
}

/** All plans of a run and every byte they will take, before anything is allocated. */
export function planTraining(model: PlannedModel, settings: TrainingStepSettings, traits: DeviceTraits): TrainingPlans {
  const layout = new AdapterLayout(targetedModules(model.model.linearModules, settings.lora), settings.lora.rank)
  const graphs: TrainingGraphSettings = {
    model: model.model,
    parameters: (graph, lora) => model.parameters(graph, lora),
    lora: settings.lora,
    layout,
    batch: settings.layout,
    activationCheckpointing: settings.activationCheckpointing,
  }
  const microBatch = makePlan(microBatchGraph(graphs), [], traits)
  const update = makePlan(updateGraph(layout), [], traits)
  const evaluation = makePlan(evaluationGraph(graphs), [], traits)
  return { layout, microBatch, update, evaluation, report: reportOf(layout, [microBatch, update, evaluation]) }
}

function reportOf(layout: AdapterLayout, plans: readonly Plan[]): PlanReport {
  const memories = plans.map(planMemory)
  const weightBytes = Math.max(...memories.map((memory) => memory.weightBytes))
  const adapterBytes = 4 * layout.size
  const optimizerBytes = 3 * 4 * layout.size + STORE_BYTES.small
  const activationBytes = memories.reduce((total, memory) => total + memory.slotBytes + memory.inputBytes, 0) + READBACKS * READBACK_BYTES
  return {
    weightBytes,
    adapterBytes,
    optimizerBytes,
    activationBytes,
    totalBytes: weightBytes + adapterBytes + optimizerBytes + activationBytes,
    largestBytes: Math.max(adapterBytes, ...plans.flatMap(({ slots }) => slots)),
    buffers: plans.reduce((total, plan) => total + plan.slots.length + plan.inputs.length, 0) + Object.keys(STORES).length + READBACKS,
    dispatches: plans[0]!.kernels.length + plans[1]!.kernels.length,
  }
}

/** The stores that are not flat over the adapter: optimizer state, metrics, evaluation. */
const STORE_BYTES = { state: 4 * STATE.size, metrics: 4 * METRICS.size, evaluation: 16, small: 4 * STATE.size + 4 * METRICS.size + 16 }
const READBACK_BYTES = 16

/** Compiles a step and puts `adapter` in place. Throws 'out-of-gpu-memory', 'lora-targets', 'adapter-mismatch', 'shader-error', 'gpu-lost'. */
export async function createTrainingStep(model: GpuModel, adapter: LoraAdapter, settings: TrainingStepSettings): Promise<WebGpuTrainingStep> {
  const plans = planTraining(model, settings, model.gpu.traits)
  const { memory, pipelines, gpu } = model
  const flatBytes = 4 * plans.layout.size
  const stores: [string, number][] = [
    ...[STORES.adapter, STORES.gradient, STORES.firstMoment, STORES.secondMoment].map((name): [string, number] => [name, flatBytes]),
    [STORES.state, STORE_BYTES.state],
    [STORES.metrics, STORE_BYTES.metrics],
    [STORES.evaluation, STORE_BYTES.evaluation],
  ]
  const free = () => stores.forEach(([name]) => memory.freeStore(name))
  await gpu.allocating(() => stores.forEach(([name, bytes]) => memory.allocateStore(name, bytes)), free)
  const programs: Program[] = []
  try {
    for (const plan of [plans.microBatch, plans.update, plans.evaluation]) programs.push(await Program.create(plan, memory, pipelines))
    const step = new WebGpuTrainingStep(model, plans, settings, programs as [Program, Program, Program])
    step.writeAdapter(adapter)
    return step
  } catch (error) {
    programs.forEach((program) => program.destroy())
    free()
    throw error
  }
}

class WebGpuTrainingStep implements TrainingStep {
  readonly report: PlanReport
  readonly #model: GpuModel
  readonly #layout: AdapterLayout
  readonly #settings: TrainingStepSettings
  readonly #microBatch: Program
  readonly #update: Program
  readonly #evaluation: Program
  readonly #readbacks: ReadbackRing
  readonly #submitter: Submitter

  constructor(model: GpuModel, plans: TrainingPlans, settings: TrainingStepSettings, programs: [Program, Program, Program]) {
    this.report = plans.report
    this.#model = model
    this.#layout = plans.layout
    this.#settings = settings
    ;[this.#microBatch, this.#update, this.#evaluation] = programs
    this.#readbacks = new ReadbackRing(model.gpu, READBACK_BYTES, READBACKS)
    this.#submitter = new Submitter(model.gpu)
  }

  async step(microBatches: readonly MicroBatch[], { learningRate, randomStep }: { learningRate: number; randomStep: number }): Promise<StepMetrics> {
    this.#check(microBatches)
    const weightSum = microBatches.reduce((total, batch) => total + batch.weightSum, 0)
    if (!(weightSum > 0)) throw new HomespunError('no-targets', 'No token of this step is to be learnt.', { fix: 'Leave out examples without an answer.' })
    const read = this.#submitter.run((encode) => {
      microBatches.forEach((batch, i) => {
        this.#writeBatch(this.#microBatch, batch, 1 / weightSum)
        this.#microBatch.write('random key', new Uint32Array([this.#settings.seed, randomStep * 0x1000 + i]))
        encode(this.#microBatch, i < microBatches.length - 1)
      })
      this.#update.write('hyperparameters', this.#hyper(learningRate))
      encode(this.#update, false)
      return (encoder) => this.#readbacks.copy(encoder, { buffer: this.#model.memory.store(STORES.metrics), offset: 0 }, 4 * METRICS.size)
    })
    const metrics = new Float32Array(await read())
    return { loss: metrics[METRICS.loss]!, gradientNorm: metrics[METRICS.gradientNorm]!, skipped: metrics[METRICS.skipped] !== 0 }
  }

  async evaluate(microBatch: MicroBatch): Promise<{ lossSum: number; weightSum: number }> {
    this.#check([microBatch])
    this.#model.memory.writeStore(STORES.evaluation, new Float32Array(1))
    const read = this.#submitter.run((encode) => {
      this.#writeBatch(this.#evaluation, microBatch, 1)
      encode(this.#evaluation, false)
      return (encoder) => this.#readbacks.copy(encoder, { buffer: this.#model.memory.store(STORES.evaluation), offset: 0 }, 4)
    })
    return { lossSum: new Float32Array(await read())[0]!, weightSum: microBatch.weightSum }
  }

  async readAdapter(): Promise<LoraAdapter> {
    return this.#layout.unflatten(await this.#readFlat(STORES.adapter), this.#settings.lora)
  }

  /** The gradient gathered so far, as an adapter of gradients: for comparison with other implementations. */
  async readGradient(microBatches: readonly MicroBatch[]): Promise<LoraAdapter> {
    this.#check(microBatches)
    const weightSum = microBatches.reduce((total, batch) => total + batch.weightSum, 0)
    for (const batch of microBatches) {
      await this.#submitter.finish((encode) => {
        this.#writeBatch(this.#microBatch, batch, 1 / weightSum)
        encode(this.#microBatch, false)
      })
    }
    const gradient = this.#layout.unflatten(await this.#readFlat(STORES.gradient), this.#settings.lora)
    this.#model.memory.writeStore(STORES.gradient, new Float32Array(this.#layout.size))
    this.#model.memory.writeStore(STORES.metrics, new Float32Array(METRICS.size))
    return gradient
  }

  async readOptimizer(): Promise<OptimizerState> {
    const [first, second] = [await this.#readFlat(STORES.firstMoment), await this.#readFlat(STORES.secondMoment)]
    const state = new Float32Array(await this.#read(STORES.state, STORE_BYTES.state))
    return { step: state[STATE.updates]!, firstMoment: this.#layout.pack(first), secondMoment: this.#layout.pack(second) }
  }

  writeAdapter(adapter: LoraAdapter): void {
    this.#model.memory.writeStore(STORES.adapter, this.#layout.flatten(adapter))
  }

  writeOptimizer({ step, firstMoment, secondMoment }: OptimizerState): void {
    const { memory } = this.#model
    const { beta1, beta2 } = this.#settings.optimizer
    memory.writeStore(STORES.firstMoment, this.#layout.unpack(firstMoment))
    memory.writeStore(STORES.secondMoment, this.#layout.unpack(secondMoment))
    memory.writeStore(STORES.state, correctionState(step, beta1, beta2))
    memory.writeStore(STORES.gradient, new Float32Array(this.#layout.size))
    memory.writeStore(STORES.metrics, new Float32Array(METRICS.size))
  }

  destroy(): void {
    for (const program of [this.#microBatch, this.#update, this.#evaluation]) program.destroy()
    for (const name of Object.values(STORES)) this.#model.memory.freeStore(name)
    this.#readbacks.destroy()
  }

  /** All of a step before any of it is queued: what a refused step had gathered would be part of the next one. */
  #check(microBatches: readonly MicroBatch[]): void {
    for (const batch of microBatches) checkTokens(batch, this.#model.model.vocabularySize, this.#model.model.contextLength)
  }

  #writeBatch(program: Program, batch: MicroBatch, weightScale: number): void {
    for (const [name, data] of Object.entries(batchFeeds(batch, weightScale, this.#model.model.window))) program.write(name, data)
  }

  #hyper(learningRate: number): Float32Array<ArrayBuffer> {
    const { beta1, beta2, epsilon, weightDecay, clipNorm } = this.#settings.optimizer
    const hyper = new Float32Array(HYPER.size)
    hyper[HYPER.learningRate] = learningRate
    hyper[HYPER.beta1] = beta1
    hyper[HYPER.beta2] = beta2
    hyper[HYPER.oneMinusBeta1] = 1 - beta1
    hyper[HYPER.oneMinusBeta2] = 1 - beta2
    hyper[HYPER.epsilon] = epsilon
    hyper[HYPER.weightDecay] = weightDecay
    hyper[HYPER.clipNorm] = clipNorm
    return hyper
  }

  async #readFlat(store: string): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await this.#read(store, 4 * this.#layout.size))
  }

  #read(store: string, bytes: number): Promise<ArrayBuffer> {
    return readBuffer(this.#model.gpu, { buffer: this.#model.memory.store(store), offset: 0 }, bytes)
  }
}

/** The state after `updates` steps, as the kernel would have made it: the same recurrence in the same precision. */
function correctionState(updates: number, beta1: number, beta2: number): Float32Array<ArrayBuffer> {
  const state = new Float32Array(STATE.size)
  const [b1, b2, c1, c2] = [beta1, beta2, 1 - beta1, 1 - beta2].map(Math.fround) as [number, number, number, number]
  for (let i = 0; i < updates; i++) {
    state[STATE.correction1] = Math.fround(Math.fround(b1 * state[STATE.correction1]!) + c1)
    state[STATE.correction2] = Math.fround(Math.fround(b2 * state[STATE.correction2]!) + c2)
  }
  state[STATE.updates] = updates
  return state
}
