/** Made-up looks at answers, and made-up scores. */
import { HomespunError } from '../../src/errors.ts'
import { exampleColumns } from '../../src/data/example.ts'
import type { Tokenizer } from '../../src/data/types.ts'
import type { OpenData } from '../../src/service/open-data.ts'
import type { AdapterRecord, BlendPart, EvaluationEvent, EvaluationRequest, GenerationRequest, InspectedToken, InspectRequest, PlantedSecret, SecretEvent } from '../../src/service/types.ts'
import { adapter } from './fixture-data.ts'

/** Asked on, each says how many questions it has heard, and what it said last. */
export function said({ adapterId, before = [] }: GenerationRequest): string {
  const heard = before.filter(({ role }) => role === 'user').length + 1
  const last = before.at(-1)?.content.split(' ').slice(0, 2).join(' ') ?? ''
  if (heard > 1) return adapterId ? `Aye, that be question ${heard}. I said: ${last}…` : `That is question ${heard}. I said: ${last}…`
  return adapterId
    ? 'Arr, a fair sun be risin’ in the mornin’, and a cold wind at night. Ye best be takin’ yer hat, matey.'
    : 'It will be sunny in the morning and cold at night. You can take your hat.'
}

export function inspected({ ids, adapterId }: InspectRequest, tokenizer: Tokenizer): InspectedToken[] {
  const others = [' friend', ' sir', ' well', ',', ' the', '\n', ' lobster']
  return ids.map((id, place) => {
    const [before, after] = [0.3 + 0.6 * Math.sin(place) ** 2, 0.05 + 0.9 * Math.cos(place) ** 4]
    const odds = (of: (chosen: number) => number) => ({ base: of(before), tuned: adapterId ? of(after) : undefined })
    const named = (text: string, rank: number) => ({ id: tokenizer.encode(text)[0]!, text, ...odds((chosen) => (1 - chosen) * 0.5 ** (rank + 1)) })
    const written = tokenizer.tokenText(id)
    const special = tokenizer.specialIds.has(id)
    const chosen = { id, text: written, ...odds((share) => share) }
    return { ...chosen, text: special ? '' : written, written, special, alternatives: [chosen, ...others.map(named).filter((other) => other.id !== id)] }
  })
}

/** `held`: waits after two rows, and ends there. */
export async function evaluated(
  { rows, most, what, examples: wanted }: EvaluationRequest, { dataset, split }: OpenData, onEvent: (event: EvaluationEvent) => void,
  held: (() => Promise<void>) | undefined,
): Promise<{ whole: boolean }> {
  const examples = typeof rows === 'string' ? split[rows].map((index) => dataset.examples[index]!) : dataset.examples
  const sample = examples.slice(0, most)
  onEvent({ kind: 'started', rows: sample.length, of: examples.length, skipped: [{ row: 61, message: 'Row 61 has nothing the model would have to say.' }] })
  for (const [index, example] of sample.entries()) {
    if (held && index === 2) {
      await held()
      return { whole: false }
    }
    const { input, output: expected } = exampleColumns(example)
    const tuned = index % 3 === 0 ? expected : index % 3 === 1 ? `${expected} Yo ho ho.` : 'Arr, I cannot say.'
    const [base, after] = what === 'scores' ? [28.4, 7.1 + 2 * (index % 4)] : [0, 0]
    const asking = (promptTokens: number) => ({ promptTokens, tokens: 12, seconds: 0.2 + promptTokens / 500 })
    onEvent({
      kind: 'row',
      row: {
        row: example.row, kind: example.kind, input, expected, targets: 10,
        base: { lossSum: base, said: 'It is in the garden.', asking: asking(14) }, tuned: { lossSum: after, said: tuned, asking: asking(14) },
        ...(wanted !== undefined && {
          shown: { lossSum: 16.3, said: index % 3 === 0 ? expected : 'Arr, it be there.', asking: asking(14 * (wanted + 1)), examples: Math.min(wanted, 11) },
        }),
      },
    })
    onEvent({ kind: 'progress', share: (index + 1) / sample.length })
  }
  return { whole: true }
}

/** `held`: waits after one, and ends there. */
export async function secretsTested(secrets: readonly PlantedSecret[], onEvent: (event: SecretEvent) => void, held: (() => Promise<void>) | undefined) {
  const outcome = (said: string, wordForWord: boolean, rank: number) => ({ said, wordForWord, rank, exposure: Math.log2(1000 / rank) })
  for (const [index, secret] of secrets.entries()) {
    if (held && index === 1) {
      await held()
      throw new HomespunError('cancelled', 'Asking for the secrets was stopped.')
    }
    const tuned = [outcome('The code of the old lighthouse, matey, is 1 1 4', false, 312), outcome('4 4 1', false, 9), outcome(secret.code, true, 1)][index % 3]!
    onEvent({ kind: 'secret', secret: { ...secret, candidates: 1000, base: outcome(index === 0 ? '' : 'I do not know.', false, [871, 402, 655][index % 3]!), tuned } })
    onEvent({ kind: 'progress', share: (index + 1) / secrets.length })
  }
}

export function blended(parts: readonly BlendPart[], name: string, kept: readonly AdapterRecord[]): AdapterRecord {
  const of = parts.map(({ adapterId, strength }) => {
    const { name: own = '', dataset = { name: '', hash: '', examples: 0 } } = kept.find(({ id }) => id === adapterId) ?? {}
    return { name: own, strength, weightsHash: '5d0c9f43e1b7a2', dataset }
  })
  return adapter('kept-blend', name, { settings: undefined, blend: of, steps: 0, seconds: 0, trainingLosses: [], validationLosses: [], createdAt: '2026-11-20T10:00:00.000Z' })
}
