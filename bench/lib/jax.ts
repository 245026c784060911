/** The same LoRA step in jax-js, jitted: the model, its loss, gradients, clipping and AdamW. */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad, type Array as JaxArray } from '@jax-js/jax'
import { modelFromConfig } from '../../src/models/index.ts'
import { ropeTable } from '../../src/models/rope-table.ts'
import { examplesOf, type BatchSizes } from './examples.ts'
import { LORA } from './onnx-step.ts'
import { configOf, tensorData, type LlamaSizes } from './random-model.ts'
import { timed, type Contestant } from './rounds.ts'

type Tree = Record<string, JaxArray>

const RATE = 1e-3
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8]

/** Arrays are consumed by what reads them; `.ref` keeps one for another reader. */
class Llama {
  readonly #sizes: LlamaSizes
  readonly #batch: BatchSizes

  constructor(sizes: LlamaSizes, batch: BatchSizes) {
    this.#sizes = sizes
    this.#batch = batch
  }

  /** Mean loss over the targets, all of them but each example's first. */
  loss(adapter: Tree, frozen: Tree): JaxArray {
    const { layers, hidden } = this.#sizes
    const { examples, length } = this.#batch
    let x = np.take(frozen['model.embed_tokens.weight']!.ref, frozen['tokens']!.ref, 0)
    for (let i = 0; i < layers; i++) x = this.#block(x, adapter, frozen, `model.layers.${i}`)
    const rows = this.#norm(x, frozen['model.norm.weight']!.ref).reshape([examples, length, hidden]).slice([], [0, length - 1]).reshape([-1, hidden])
    const logits = np.matmul(rows, frozen['model.embed_tokens.weight']!.ref.transpose())
    const picked = nn.logSoftmax(logits, -1).mul(frozen['labels']!.ref)
    return np.sum(picked).mul(-1 / (examples * (length - 1)))
  }

  #norm(x: JaxArray, scale: JaxArray): JaxArray {
    const inverse = np.reciprocal(np.sqrt(np.mean(x.ref.mul(x.ref), -1, { keepdims: true }).add(1e-5)))
    return x.mul(inverse).mul(scale)
  }

  #linear(x: JaxArray, adapter: Tree, frozen: Tree, module: string): JaxArray {
    const narrow = np.matmul(x.ref, adapter[`${module} A`]!.ref.transpose())
    const wide = np.matmul(narrow, adapter[`${module} B`]!.ref.transpose()).mul(LORA.alpha / LORA.rank)
    return np.matmul(x, frozen[`${module}.weight`]!.ref.transpose()).add(wide)
  }

  /** [examples · length, heads · D] → [examples, heads, length, D]. */
  #heads(x: JaxArray, heads: number): JaxArray {
    const { examples, length } = this.#batch
    return x.reshape([examples, length, heads, this.#sizes.hidden / this.#sizes.heads]).transpose([0, 2, 1, 3])
  }

  #rotate(x: JaxArray, frozen: Tree): JaxArray {
    const half = this.#sizes.hidden / this.#sizes.heads / 2
    const a = x.ref.slice([], [], [], [0, half])
    const b = x.slice([], [], [], [half, 2 * half])
    const [cosines, sines] = [frozen['cosines']!, frozen['sines']!]
    return np.concatenate([a.ref.mul(cosines.ref).sub(b.ref.mul(sines.ref)), b.mul(cosines.ref).add(a.mul(sines.ref))], -1)
  }

  #block(x: JaxArray, adapter: Tree, frozen: Tree, prefix: string): JaxArray {
    const { heads, kvHeads, hidden } = this.#sizes
    const { examples, length } = this.#batch
    const project = (name: string, value: JaxArray) => this.#linear(value, adapter, frozen, `${prefix}.${name}`)
    const normed = this.#norm(x.ref, frozen[`${prefix}.input_layernorm.weight`]!.ref)
    const group = heads / kvHeads
    const spread = (value: JaxArray) => np.repeat(value, group, 1)
    const q = this.#rotate(this.#heads(project('self_attn.q_proj', normed.ref), heads), frozen)
    const k = spread(this.#rotate(this.#heads(project('self_attn.k_proj', normed.ref), kvHeads), frozen))
    const v = spread(this.#heads(project('self_attn.v_proj', normed), kvHeads))
    const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul((hidden / heads) ** -0.5).add(frozen['mask']!.ref)
    const mixed = np.matmul(nn.softmax(scores, -1), v).transpose([0, 2, 1, 3]).reshape([examples * length, hidden])
    const attended = x.add(project('self_attn.o_proj', mixed))
    const inner = this.#norm(attended.ref, frozen[`${prefix}.post_attention_layernorm.weight`]!.ref)
    const gated = nn.silu(project('mlp.gate_proj', inner.ref)).mul(project('mlp.up_proj', inner))
    return attended.add(project('mlp.down_proj', gated))
  }
}

const array = (data: Float32Array, shape: number[]) => np.array(data, { shape, dtype: np.float32 })

function frozenTensors(sizes: LlamaSizes, batch: BatchSizes): Tree {
  const { examples: count, length, vocabulary } = batch
  const rotaryDim = sizes.hidden / sizes.heads
  const half = rotaryDim / 2
  const table = ropeTable({ theta: 10_000, rotaryDim, scaling: { type: 'default' } }, length)
  const part = (begin: number) => array(Float32Array.from({ length: length * half }, (_, i) => table[Math.floor(i / half) * rotaryDim + begin + (i % half)]!), [length, half])
  const labels = new Float32Array(count * (length - 1) * vocabulary)
  const ids = new Int32Array(count * length)
  examplesOf(batch).forEach(({ tokens }, row) => {
    tokens.forEach((token, i) => {
      ids[row * length + i] = token
      if (i > 0) labels[(row * (length - 1) + i - 1) * vocabulary + token] = 1
    })
  })
  const mask = Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? -1e30 : 0))
  const weights = modelFromConfig(configOf(sizes)).tensors.map(({ name, shape }) => [name, array(tensorData(name, shape), [...shape])] as const)
  return {
    ...Object.fromEntries(weights),
    cosines: part(0), sines: part(half), mask: array(mask, [length, length]),
    tokens: np.array(ids, { dtype: np.int32 }), labels: array(labels, [count * (length - 1), vocabulary]),
  }
}

/** Every token a target. Undefined where jax-js has no such device here. */
export async function jaxStep(sizes: LlamaSizes, batch: BatchSizes, device: 'wasm' | 'webgpu'): Promise<Contestant | undefined> {
  if (!(await init(device)).includes(device)) return undefined
  defaultDevice(device)
  const llama = new Llama(sizes, batch)
  const frozen = frozenTensors(sizes, batch)
  const modules = modelFromConfig(configOf(sizes)).linearModules
  const tensors = (fill: (count: number, name: string) => Float32Array) =>
    Object.fromEntries(
      modules.flatMap(({ module, inFeatures, outFeatures }) =>
        ([['A', LORA.rank, inFeatures], ['B', outFeatures, LORA.rank]] as const).map(([which, rows, columns]) => {
          const name = `${module} ${which}`
          return [name, array(fill(rows * columns, name), [rows, columns])] as const
        }),
      ),
    )
  const zeros = () => tensors((count) => new Float32Array(count))
  let state = { adapter: tensors((count, name) => (name.endsWith('A') ? tensorData(name, [1, count]) : new Float32Array(count))), first: zeros(), second: zeros() }
  const gradients = jit(valueAndGrad((adapter: Tree, fixed: Tree) => llama.loss(adapter, fixed)))
  const update = jit((adapter: Tree, gradient: Tree, first: Tree, second: Tree) => adamW(adapter, gradient, first, second))
  const refs = (tree: Tree): Tree => Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, value.ref]))
  return {
    name: `jax-js (${device})`,
    run: () =>
      timed(async () => {
        const [loss, gradient] = gradients(refs(state.adapter), refs(frozen)) as unknown as [JaxArray, Tree]
        state = update(state.adapter, gradient, state.first, state.second)
        await blockUntilReady(state)
        await loss.data()
      }),
    close: () => undefined,
  }
}

/** Clipped to a global norm of 1, then AdamW without weight decay (bias corrections are left out: they cost nothing). */
function adamW(adapter: Tree, gradient: Tree, first: Tree, second: Tree) {
  const names = Object.keys(adapter)
  const squares = names.map((name) => np.sum(gradient[name]!.ref.mul(gradient[name]!.ref)))
  const norm = np.sqrt(squares.reduce((sum, square) => sum.add(square)))
  const scale = np.minimum(np.reciprocal(norm.add(1e-6)), 1)
  const next = { adapter: {} as Tree, first: {} as Tree, second: {} as Tree }
  for (const name of names) {
    const g = gradient[name]!.mul(scale.ref)
    const m = first[name]!.mul(BETA1).add(g.ref.mul(1 - BETA1))
    const v = second[name]!.mul(BETA2).add(g.ref.mul(g).mul(1 - BETA2))
    next.first[name] = m.ref
    next.second[name] = v.ref
    next.adapter[name] = adapter[name]!.sub(m.mul(RATE).div(np.sqrt(v).add(EPSILON)))
  }
  scale.dispose()
  return next
}
