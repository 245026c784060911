/** A fresh adapter as PEFT makes one: A random, B zero, so that the tuned model starts as the base. */
import { threefry2x32 } from '../engine/random.ts'
import { HomespunError } from '../errors.ts'
import { checkLoraConfig } from './scale.ts'
import type { LinearModule, LoraAdapter, LoraConfig, LoraPair } from './types.ts'

/** PEFT's rule for a list of target_modules: the whole name, or its end after a dot. */
export function isTarget(module: string, targets: readonly string[]): boolean {
  return targets.some((target) => module === target || module.endsWith(`.${target}`))
}

/**
 * Adapters for every module that `config.targetModules` names, in the order of `modules`.
 * A [rank, in] ~ U(-1/√in, 1/√in), which is kaiming_uniform(a=√5); B [out, rank] = 0.
 * Every module has its own stream of Threefry-2x32, keyed by the seed and its place among all of `modules`:
 * choosing fewer targets does not change the others' numbers.
 * Throws 'lora-rank', 'lora-alpha', 'lora-dropout', 'lora-targets'.
 */
export function createAdapter(config: LoraConfig, modules: readonly LinearModule[], seed: number): LoraAdapter {
  checkLoraConfig(config)
  checkTargets(config.targetModules, modules)
  const pairs: LoraPair[] = []
  modules.forEach((layer, place) => {
    const { module, inFeatures, outFeatures } = layer
    if (!isTarget(module, config.targetModules)) return
    const a = new Float32Array(config.rank * inFeatures)
    fillUniform(a, 1 / Math.sqrt(inFeatures), seed, place)
    pairs.push({ ...layer, a, b: new Float32Array(outFeatures * config.rank) })
  })
  return { config: { ...config, targetModules: [...config.targetModules] }, pairs }
}

/** Fills `out` with numbers uniform in (-bound, bound), 24 random bits each: what a float32 holds exactly. */
function fillUniform(out: Float32Array, bound: number, seed: number, stream: number): void {
  for (let i = 0; i < out.length; i += 2) {
    const words = threefry2x32(seed, stream, i >>> 1, 0)
    for (let j = 0; j < 2 && i + j < out.length; j++) out[i + j] = (((words[j]! >>> 8) + 0.5) * 2 ** -23 - 1) * bound
  }
}

/** Throws 'lora-targets' unless every target names a layer, and there is one. */
export function checkTargets(targets: readonly string[], modules: readonly LinearModule[]): void {
  const unmatched = targets.filter((target) => !modules.some(({ module }) => isTarget(module, [target])))
  if (targets.length > 0 && unmatched.length === 0) return
  const endings = new Set(modules.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))
  const what = targets.length === 0
    ? 'No layer was chosen for the adapter.'
    : `This model has no linear layer named ${unmatched.join(', ')}.`
  throw new HomespunError('lora-targets', what, { where: 'targets', fix: `Choose among ${[...endings].join(', ')}.` })
}
