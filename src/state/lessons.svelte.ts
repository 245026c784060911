/** The lessons that come with the page. */
import type { Lesson } from '../train/types.ts'
import type { BuiltIn, LessonFile } from './built-in.ts'

export class Lessons {
  #files = $state.raw<readonly LessonFile[]>([])
  readonly all = $derived<readonly Lesson[]>(this.#files.map(({ lesson }) => lesson))
  #builtIn: BuiltIn

  constructor(builtIn: BuiltIn) {
    this.#builtIn = builtIn
  }

  /** Without them the page is as it is for those who bring pairs of their own. */
  async load(): Promise<void> {
    this.#files = await this.#builtIn.fetchLessons().catch(() => [])
  }

  file({ id }: Lesson): File | undefined {
    return this.#files.find(({ lesson }) => lesson.id === id)?.file
  }
}
