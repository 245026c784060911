/** One answer as the page follows it: its text while it comes, and, once it is whole, its tokens looked at. */
import type { GenerationResult, InspectedToken, Turn } from '../service/types.ts'
import type { StopReason } from '../generate/types.ts'
import type { Trouble } from './trouble.ts'

export class Answer {
  status = $state<'empty' | 'waiting' | 'answering' | 'done' | 'failed'>('empty')
  /** Who says it: the name of an adapter, and what tells it from others; both are empty for the base. */
  by = $state('')
  key = ''
  /** What it was given before the question. */
  before = $state.raw<readonly Turn[]>([])
  /** It is asked in a form of one question and its answer, so it hears no other. */
  alone = $state(false)
  text = $state('')
  tokens = $state(0)
  seconds = $state(0)
  reason = $state<StopReason>()
  failure = $state.raw<Trouble>()
  /** What it is made of, once that was looked at. */
  inspected = $state.raw<readonly InspectedToken[]>()
  inspecting = $state(false)
  inspectFailure = $state.raw<Trouble>()
  /** The adapter, and its strength, that base and tuned are told apart with. */
  comparedWith: string | undefined
  strength = 1
  /** As the engine gave it. */
  result = $state.raw<GenerationResult>()
  /** Many models begin with the space that follows the prompt: it is part of the answer, but nothing to look at. */
  readonly shown = $derived(this.text.trimStart())

  clear(status: 'empty' | 'waiting') {
    this.status = status
    this.by = ''
    this.text = ''
    this.tokens = this.seconds = 0
    this.before = []
    this.reason = undefined
    this.failure = undefined
    this.result = undefined
    this.forgetTokens()
  }

  finish(result: GenerationResult) {
    const { text, tokens, seconds, reason } = result
    Object.assign(this, { text, tokens, seconds, reason, result })
    this.status = 'done'
  }

  /** What came before it was stopped stays. */
  cancel() {
    if (this.status !== 'answering' && this.status !== 'waiting') return
    this.status = this.text === '' ? 'empty' : 'done'
    this.reason = 'cancelled'
  }

  forgetTokens() {
    this.inspected = undefined
    this.inspecting = false
    this.inspectFailure = undefined
  }
}
