/** What every decoder refuses, in the same words. */
import { HomespunError } from '../errors.ts'

/** Throws 'prompt-empty', 'prompt-too-long', 'token-out-of-range'. */
export function checkPrompt(prompt: readonly number[], contextLength: number, vocabularySize: number): void {
  if (prompt.length === 0) throw new HomespunError('prompt-empty', 'There is no prompt to go on from.', { fix: 'Write something for the model to answer.' })
  if (prompt.length >= contextLength) {
    throw new HomespunError('prompt-too-long', `The prompt has ${prompt.length} tokens, but the model reads ${contextLength} with its answer.`, { fix: 'Shorten the prompt.' })
  }
  const bad = prompt.find((token) => !(Number.isInteger(token) && token >= 0 && token < vocabularySize))
  if (bad !== undefined) {
    throw new HomespunError('token-out-of-range', `Token ${bad} is outside the model's vocabulary of ${vocabularySize}.`, { fix: 'Bring the tokenizer that belongs to the model.' })
  }
}

export function logitsNotFinite(): HomespunError {
  return new HomespunError('logits-not-finite', 'The model gave numbers that are not finite, so no token can be chosen.', {
    fix: 'The adapter may have been trained with too large a learning rate. Try the base model, or another adapter.',
  })
}
