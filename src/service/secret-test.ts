/** Whether base and tuned say the secrets that were planted among an adapter's rows, and how much of each they give away. */
import { atStrength } from '../adapters/scale.ts'
import type { LoraAdapter } from '../adapters/types.ts'
import { promptTokens, textTokens, tokenizeExample } from '../data/render/tokenize.ts'
import { CODES, secretExample } from '../data/secrets.ts'
import { TextStream } from '../data/tokenizer/text-stream.ts'
import type { PlantedSecret, Template, TokenizedExample } from '../data/types.ts'
import { HomespunError } from '../errors.ts'
import { makeAnswer } from '../generate/answer.ts'
import { exposureOf, rankAmong, saysCode } from '../generate/exposure.ts'
import { GREEDY } from '../generate/sampling.ts'
import type { Decoder } from '../generate/types.ts'
import type { Answering } from './answering.ts'
import { candidateScores } from './candidate-scores.ts'
import type { EngineRoom } from './engine-room.ts'
import { checkBase, checkTokens, type OpenModel } from './open-model.ts'
import type { Shelf } from './shelf.ts'
import type { SecretEvent, SecretOutcome, SecretsRequest } from './try-types.ts'
import type { WatchedEngine } from './watched-engine.ts'

/** So much longer than the code an answer may be. */
const TOKENS_MORE = 16

interface Session {
  model: OpenModel
  device: WatchedEngine
  adapter: LoraAdapter
  strength: number
  template: Template
  secrets: readonly PlantedSecret[]
  signal: AbortSignal
  onEvent: (event: SecretEvent) => void
}

type Said = Record<'base' | 'tuned', string>
type Candidate = Pick<TokenizedExample, 'tokens' | 'source'>

/** Throws HomespunError 'no-model', 'adapter-not-found', 'adapter-other-base', 'no-secrets', 'cancelled', 'gpu-lost'. */
export async function testSecrets(
  { room, shelf, answering }: { room: EngineRoom; shelf: Shelf; answering: Answering }, { adapterId, strength }: SecretsRequest,
  onEvent: (event: SecretEvent) => void,
): Promise<void> {
  await answering.clear()
  return answering.inTurn(async (signal) => {
    const [model, device] = [await room.model(), await room.device()]
    const { record, adapter } = await shelf.get(adapterId)
    checkBase(record.base, model)
    const { template, planted: secrets = [] } = record
    if (secrets.length === 0) {
      throw new HomespunError('no-secrets', 'No secrets were planted among the rows of this adapter.', { fix: 'Plant some in the settings of a run.' })
    }
    await testAll({ model, device, adapter, strength, template, secrets, signal, onEvent })
  })
}

async function testAll(session: Session): Promise<void> {
  const { secrets, adapter, strength, onEvent } = session
  const said = await askAll(session)
  const sides = [['base', atStrength(adapter, 0)], ['tuned', atStrength(adapter, strength)]] as const
  for (const [index, secret] of secrets.entries()) {
    const outcomes: SecretOutcome[] = []
    const candidates = candidatesOf(session, secret)
    for (const [side, speaker] of sides) {
      const before = 2 * index + outcomes.length
      const rank = await rankOf(session, { candidates, own: CODES.indexOf(secret.code) }, speaker, (share) => onEvent({ kind: 'progress', share: (before + share) / (2 * secrets.length) }))
      const { [side]: words } = said[index]!
      outcomes.push({ said: words, wordForWord: saysCode(words, secret.code), rank, exposure: exposureOf(rank, CODES.length) })
    }
    const [base, tuned] = outcomes
    onEvent({ kind: 'secret', secret: { ...secret, candidates: CODES.length, base: base!, tuned: tuned! } })
  }
}

/** Greedy answers to all of them, before anything is ranked: the decoder's memory is free again then. */
async function askAll(session: Session): Promise<Said[]> {
  const { model, device, adapter, strength, secrets } = session
  const decoder = await device.guard(model.loaded.createDecoder(adapter))
  try {
    const all: Said[] = []
    for (const secret of secrets) {
      all.push({ base: await answerOf(session, secret, decoder, 0), tuned: await answerOf(session, secret, decoder, strength) })
    }
    return all
  } finally {
    decoder.destroy()
  }
}

async function answerOf({ model: { tokenizer }, device, template, signal }: Session, { kind, input, code }: PlantedSecret, decoder: Decoder, adapterStrength: number): Promise<string> {
  checkGoesOn(signal)
  const prompt = kind === 'text' ? textTokens(input, tokenizer) : promptTokens([{ role: 'user', content: input }], tokenizer, template)
  const options = { ...GREEDY, stopStrings: [], maxTokens: tokenizer.encode(code).length + TOKENS_MORE, adapterStrength }
  const text = new TextStream(tokenizer, prompt)
  return (await device.guard(makeAnswer({ decoder, prompt, options, endIds: tokenizer.endIds, text, signal, onText: () => undefined }))).text
}

/** The question with every code there could have been, each as the run would have learnt it. */
function candidatesOf({ model, template }: Session, secret: PlantedSecret): Candidate[] {
  const candidates = CODES.map((code) => upToCode(tokenizeExample(secretExample(secret, code, 0), model.tokenizer, template, Infinity), model.tokenizer.endIds))
  for (const { tokens } of candidates) checkTokens(tokens, model)
  return candidates
}

function rankOf(
  { model, device, signal }: Session, { candidates, own }: { candidates: readonly Candidate[]; own: number }, speaker: LoraAdapter, told: (share: number) => void,
): Promise<number> {
  const between = (share: number) => {
    checkGoesOn(signal)
    told(share)
  }
  return device.guard(candidateScores(model.loaded, candidates, speaker, between)).then((scores) => rankAmong(scores, own))
}

/** Without what follows the code: the end token, and what no loss looks at. */
function upToCode({ tokens, weights, source }: TokenizedExample, endIds: readonly number[]): Candidate {
  const last = weights.findLastIndex((weight) => weight > 0)
  const end = endIds.includes(tokens[last]!) ? last : last + 1
  return { tokens: tokens.subarray(0, end), ...(source && { source }) }
}

function checkGoesOn(signal: AbortSignal): void {
  if (signal.aborted) throw new HomespunError('cancelled', 'Asking for the secrets was stopped.')
}
