/** What was said before the question at hand. Each who answers hears the questions and what it said itself, not what others said. */
import type { Template, Turn } from '../service/types.ts'

/** How a question is put to a model. Undefined: as a pair, in whatever words. */
export type Form = Template | undefined

/** Whether a question in this form can follow others: the other forms are of one question and its answer. */
export const holdsConversation = (form: Form): boolean => form === 'chat-template'

/** What one of them answered. `key` tells them apart: the base's is empty. */
export interface Said {
  key: string
  name: string
  text: string
}

export interface Exchange {
  question: string
  answers: readonly Said[]
}

export class Conversation {
  /** What all are told before anything else; empty where nothing is. */
  system = $state('')
  /** Questions before the one at hand, the oldest first. */
  earlier = $state.raw<readonly Exchange[]>([])

  add(exchange: Exchange) {
    this.earlier = [...this.earlier, exchange]
  }

  /** Forgets what was said; what they are told first stays. */
  begin() {
    this.earlier = []
  }

  /** The system message, where there is one. */
  get told(): Turn[] {
    const content = this.system.trim()
    return content === '' ? [] : [{ role: 'system', content }]
  }

  /** As one of them has heard it. A question that it did not answer is no part of it. */
  heardBy(key: string): Turn[] {
    return this.earlier.flatMap(({ question, answers }): Turn[] => {
      const own = answers.find((said) => said.key === key)
      return own ? [{ role: 'user', content: question }, { role: 'assistant', content: own.text }] : []
    })
  }
}
