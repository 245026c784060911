/** Finding adapters on a full shelf. */
import type { AdapterRecord } from '../service/types.ts'

/** From so many on, a shelf is searched rather than looked over. */
export const HANDFUL = 6

/** Every tag in use, by name. */
export function tagsOf(adapters: readonly AdapterRecord[]): string[] {
  return [...new Set(adapters.flatMap(({ tags }) => tags))].sort((a, b) => a.localeCompare(b))
}

/** Adapters with every word in their name, note, tags, base or data, and with this tag where one is given. */
export function findAdapters(adapters: readonly AdapterRecord[], search: string, tag: string | undefined): AdapterRecord[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return adapters.filter(({ name, note, tags, base, dataset }) => {
    const text = [name, note, ...tags, base.name, dataset.name].join('\n').toLocaleLowerCase()
    return (tag === undefined || tags.includes(tag)) && words.every((word) => text.includes(word))
  })
}

/** "pirate, copy", and with a number where that is taken. */
export function nameOfCopy(name: string, taken: readonly string[]): string {
  const copy = `${name.slice(0, 180)}, copy`
  for (let number = 1; ; number++) {
    const wanted = number === 1 ? copy : `${copy} ${number}`
    if (!taken.includes(wanted)) return wanted
  }
}
