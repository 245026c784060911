/** How tokens are chosen, and what a decode loop gives back. */

export interface SamplingOptions {
  /** 0 is greedy. */
  temperature: number
  /** 0 is off. */
  topK: number
  /** 1 is off; 0 keeps the likeliest token only. */
  topP: number
  /** 0 is off. */
  minP: number
  /** 1 is off; over the prompt and the answer so far, as in Hugging Face. */
  repetitionPenalty: number
  seed: number
}

export type StopReason = 'end-token' | 'stop-string' | 'max-tokens' | 'context-full' | 'cancelled'

export interface GenerationOptions extends SamplingOptions {
  maxTokens: number
  stopStrings: readonly string[]
  /** 0 is the base, 1 the adapter as trained. */
  adapterStrength: number
}

/** A decoder over a loaded base with a live adapter: static KV cache, sampling beside the logits. */
export interface Decoder {
  readonly contextLength: number
  /**
   * Feeds the prompt and yields one sampled token id after another until the caller stops or the context is full.
   * Throws HomespunError 'prompt-too-long', 'token-out-of-range', 'logits-not-finite', 'gpu-lost'.
   */
  decode(prompt: readonly number[], sampling: SamplingOptions & { adapterStrength: number }): AsyncGenerator<number, void, void>
  destroy(): void
}
