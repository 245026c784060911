/**
 * What comes with the page: Thimble, a small model, and lessons to teach it. Fetched from the page's own server on the first
 * visit and kept by the browser, so that the next visit needs no network.
 */
import { HomespunError } from '../errors.ts'
import type { PickedFile } from '../service/types.ts'
import type { Lesson } from '../train/types.ts'

export interface LessonFile {
  readonly lesson: Lesson
  readonly file: File
}

/** How the page comes by them, or is given others in tests. Both throw where the server lacks a file, or cannot be reached and nothing is kept. */
export interface BuiltIn {
  fetchLessons(): Promise<LessonFile[]>
  /** The model's folder. */
  fetchThimble(): Promise<PickedFile[]>
}

/** First digits of the SHA-256 of all these files one after another, in this order: other files are never mixed with those kept. */
export const BUILT_IN_VERSION = 'ce3bb5531b'
export const THIMBLE = {
  files: ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'README.md', 'model.safetensors'],
  parameters: 3_443_136,
  bytes: 7_164_863,
}
export const LESSON_LIST = 'lessons/lessons.json'

const KEPT = 'homespun.built-in.'

export const builtIn: BuiltIn = {
  async fetchLessons() {
    const read = await keeper()
    const list = JSON.parse(await (await read(LESSON_LIST)).text()) as Lesson[]
    return Promise.all(list.map(async (lesson) => ({ lesson, file: new File([await read(`lessons/${lesson.id}.jsonl`)], `${lesson.id}.jsonl`) })))
  },
  async fetchThimble() {
    const read = await keeper()
    return Promise.all(THIMBLE.files.map(async (name) => ({ path: `Thimble/${name}`, file: new File([await read(`thimble/${name}`)], name) })))
  },
}

/** Reads a file of the page from where it is kept, or fetches and keeps it. Storage can be denied: then it is fetched each time. */
async function keeper(): Promise<(path: string) => Promise<Blob>> {
  const cache = await openCache(KEPT + BUILT_IN_VERSION)
  return async (path) => {
    const address = new URL(path, document.baseURI).href
    const kept = await cache?.match(address).catch(() => undefined)
    if (kept) return kept.blob()
    const response = await fetch(address).catch(() => undefined)
    // A server that knows no such file may answer with the page itself.
    if (!response?.ok || response.headers.get('content-type')?.includes('text/html')) {
      throw new HomespunError('built-in-missing', 'A file that belongs to this page could not be fetched.', {
        where: path, fix: 'Check that its server still runs, then reload. Models and pairs of your own can be opened all the same.',
      })
    }
    await cache?.put(address, response.clone()).catch(() => undefined)
    return response.blob()
  }
}

async function openCache(name: string): Promise<Cache | undefined> {
  try {
    for (const other of await caches.keys()) if (other.startsWith(KEPT) && other !== name) await caches.delete(other)
    return await caches.open(name)
  } catch {
    return undefined
  }
}
