/** How the Model room says what a model is. */
import type { WeightDtype } from '../../service/types.ts'

const licences: Record<string, string> = { 'apache-2.0': 'Apache 2.0', mit: 'MIT', gemma: 'Gemma terms', llama3: 'Llama 3 licence' }

export function licenceText(licence: string | undefined): string {
  return licence === undefined ? 'not named' : (licences[licence] ?? licence)
}

export const weightsText: Record<WeightDtype, string> = { stored: 'As stored', int8: 'int8', int4: 'int4' }

/** "as stored", "in int8": how a model is open. */
export const weightsWords = (weights: WeightDtype) => (weights === 'stored' ? 'as stored' : `in ${weights}`)

/** What is lost by it, as measured: perplexity against the weights as stored. */
export const weightsHelp: Record<WeightDtype, string> = {
  stored: 'Exactly as its makers gave them out.',
  int8: 'A whole number of 8 bits each: hardly different.',
  int4: '4 bits each: least memory, a little less sure.',
}

/** "SmolLM2-135M" of "HuggingFaceTB/SmolLM2-135M". */
export function shortName(repo: string): string {
  return repo.slice(repo.indexOf('/') + 1)
}
