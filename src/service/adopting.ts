/** An adapter on another base than its own, where a person insists: only where every shape fits, and never without saying so. */
import type { LinearModule, LoraAdapter, LoraPair } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import type { OpenModel } from './open-model.ts'
import type { AdapterEntry, Outline, Receipt } from './shelf.ts'

const sameShape = (one: LinearModule, other: LinearModule) => one.inFeatures === other.inFeatures && one.outFeatures === other.outFeatures

/** The first thing that keeps an adapter from this model; undefined where it can be used. */
export function whyUnfit({ modules, template }: Outline, { loaded, tokenizer }: OpenModel): string | undefined {
  const own = new Map(loaded.linearModules.map((module) => [module.module, module]))
  for (const layer of modules) {
    const module = own.get(layer.module)
    if (!module) return `${layer.module}: the model has no such linear layer`
    if (sameShape(layer, module)) continue
    return `${layer.module}: ${layer.inFeatures} × ${layer.outFeatures}, and the model’s layer has ${module.inFeatures} × ${module.outFeatures}`
  }
  if ((template === 'source-target') !== (tokenizer.decoderStartId !== undefined)) return 'one of the two has an encoder, and the other has none'
  return template === 'chat-template' && !tokenizer.hasChatTemplate ? 'it is asked by a chat template, and the model has none' : undefined
}

/**
 * The same adapter as one of the open model: its receipt says what it learnt on, and tests of it there are left out.
 * Throws HomespunError 'adapter-unfit'.
 */
export function adapterFor(model: OpenModel, record: AdapterEntry, adapter: LoraAdapter, name: string): [Receipt, LoraAdapter] {
  const where = whyUnfit({ modules: adapter.pairs, template: record.template }, model)
  if (where !== undefined) {
    throw new HomespunError('adapter-unfit', `This adapter does not fit ${model.identity.name}.`, { where, fix: `Open ${record.base.name} to use it.` })
  }
  const { trainedOn: learntOn = record.base, scores: _there, ...receipt } = record
  const trainedOn = learntOn.hash === model.identity.hash ? undefined : learntOn
  const pairs = new Map(adapter.pairs.map((pair) => [pair.module, pair]))
  // In the order and the words of the model it is for.
  const placed = model.loaded.linearModules.flatMap((module): LoraPair[] => {
    const pair = pairs.get(module.module)
    return pair ? [{ ...module, a: pair.a, b: pair.b }] : []
  })
  return [{ ...receipt, name, base: model.identity, trainedOn }, { ...adapter, pairs: placed }]
}
