/** Several adapters of the open model as one: made to speak, or kept. */
import { blend } from '../adapters/blend.ts'
import { weightsHash } from '../adapters/peft.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { HomespunError } from '../errors.ts'
import type { EngineRoom } from './engine-room.ts'
import { checkBase, type OpenModel } from './open-model.ts'
import type { Kept, Receipt, Shelf } from './shelf.ts'
import type { AdapterRecord, BlendPart } from './types.ts'

const MOST_STRENGTH = 1.5

export interface BlendingParts {
  room: EngineRoom
  shelf: Shelf
  now: () => string
  software: string
}

export class Blending {
  readonly #parts: BlendingParts

  constructor(parts: BlendingParts) {
    this.#parts = parts
  }

  /** The id that the blend answers to: the same for the same parts. Throws as `blendAdapters` says. */
  async speak(parts: readonly BlendPart[]): Promise<string> {
    const { room, shelf } = this.#parts
    const model = await room.model()
    const id = `blend of ${parts.map(({ adapterId, strength }) => `${adapterId} at ${strength}`).join(', ')}`
    if (shelf.lends(id)) return id
    const { receipt, adapter } = await this.#make(parts, model, '')
    shelf.lend({ record: { ...receipt, note: '', tags: [], id, bytes: 0, imported: false }, adapter })
    return id
  }

  async keep(parts: readonly BlendPart[], name: string): Promise<AdapterRecord> {
    const { room, shelf } = this.#parts
    const { receipt, adapter } = await this.#make(parts, await room.model(), name)
    const { record, problem } = await shelf.put(receipt, adapter)
    // It is on the shelf all the same, until the tab closes.
    if (problem) throw problem
    return record
  }

  async #make(parts: readonly BlendPart[], model: OpenModel, name: string): Promise<{ receipt: Receipt; adapter: LoraAdapter }> {
    const heard = parts.filter(({ strength }) => checkedStrength(strength) > 0)
    const kept = await Promise.all(heard.map(async (part) => ({ ...part, ...(await this.#parts.shelf.get(part.adapterId)) })))
    for (const { record } of kept) checkBase(record.base, model)
    const adapter = blend(kept, model.loaded.linearModules)
    const blended = await Promise.all(kept.map(async ({ record, strength, adapter: part }) => (
      { name: record.name, strength, weightsHash: await weightsHash(part), dataset: record.dataset }
    )))
    const receipt: Receipt = {
      name, createdAt: this.#parts.now(), base: model.identity, settings: undefined, template: commonTemplate(kept),
      dataset: { name: '', hash: '', examples: 0 }, blend: blended, steps: 0, seconds: 0, trainingLosses: [], validationLosses: [],
      software: this.#parts.software,
    }
    return { receipt, adapter }
  }
}

function checkedStrength(strength: number): number {
  if (strength >= 0 && strength <= MOST_STRENGTH) return strength
  throw new HomespunError('blend-strength', `An adapter cannot be part of a blend at ${strength}.`, {
    where: 'strength', fix: `Give 0 to ${MOST_STRENGTH * 100} %.`,
  })
}

/** A question can be put in one form only. */
function commonTemplate(kept: readonly Kept[]): Receipt['template'] {
  const [first, ...others] = kept.map(({ record }) => record)
  const odd = others.find(({ template }) => JSON.stringify(template) !== JSON.stringify(first!.template))
  if (!odd) return first!.template
  const both = `“${first!.name}” and “${odd.name}”`
  throw new HomespunError('blend-templates', `${both} learnt from pairs that were written in different forms, so no question suits both.`, {
    where: 'template', fix: 'Blend adapters that were taught in the same form.',
  })
}
