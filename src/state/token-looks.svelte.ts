/** Answers looked at token by token: whether they are, and one after another, as long as nothing else is asked. */
import type { Answer } from './answer.svelte.ts'
import type { Engine } from './engine.svelte.ts'
import { asTrouble } from './trouble.ts'

export class TokenLooks {
  /** The person's own choice. */
  #wanted = $state<boolean>()
  #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** At once on a graphics device, else where the person asks for it, because it takes two passes more. */
  get on(): boolean {
    return this.#wanted ?? this.#engine.report?.software === false
  }

  set on(wanted: boolean) {
    this.#wanted = wanted
  }

  /** `current`: whether these answers are still the ones that are shown. */
  async look(answers: readonly Answer[], current: () => boolean): Promise<void> {
    for (const answer of answers) if (this.on && current()) await this.#inspect(answer, current)
  }

  async #inspect(answer: Answer, current: () => boolean): Promise<void> {
    const { result } = answer
    if (answer.status !== 'done' || answer.inspected || answer.inspecting || !result?.ids.length) return
    answer.inspecting = true
    answer.inspectFailure = undefined
    try {
      const { promptIds, ids } = result
      const request = { promptIds, ids, adapterId: answer.comparedWith, strength: answer.strength }
      const inspected = await this.#engine.service.inspectAnswer(request)
      if (current() && this.on) answer.inspected = inspected
    } catch (error) {
      const failure = asTrouble(error)
      if (current() && failure.code !== 'cancelled') answer.inspectFailure = failure
    } finally {
      if (current()) answer.inspecting = false
    }
  }
}
