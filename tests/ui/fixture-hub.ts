/** The hub's service without a hub, and models that were downloaded from it. */
import { HomespunError } from '../../src/errors.ts'
import type { CachedModel, DownloadProgress, FoundModel, HubDescription, HubModel, HubService } from '../../src/service/hub-types.ts'

const commit = '93efa2f097d58c2a74874c7e644dbc9b0cee75a2'
const sha = { algorithm: 'sha256', hex: 'a'.repeat(64) } as const
const smolLm: HubModel = {
  hub: 'https://huggingface.co', repo: 'HuggingFaceTB/SmolLM2-135M-Instruct', revision: 'main', commit, licence: 'apache-2.0',
  files: [
    { path: 'config.json', size: 861, hash: sha },
    { path: 'generation_config.json', size: 132, hash: sha },
    { path: 'tokenizer.json', size: 2_104_556, hash: sha },
    { path: 'tokenizer_config.json', size: 3764, hash: sha },
    { path: 'model.safetensors', size: 269_060_552, hash: sha },
  ],
}
const gemma: HubModel = { ...smolLm, repo: 'google/gemma-3-270m', licence: 'gemma' }

export const downloaded: CachedModel[] = [
  { id: 'a', model: smolLm, bytes: 271_169_865, totalBytes: 271_169_865, complete: true },
  { id: 'b', model: gemma, bytes: 381_000_000, totalBytes: 571_000_000, complete: false },
]

const found: FoundModel[] = [
  { repo: smolLm.repo, family: 'llama', parameters: 134_515_008, gated: false, licence: 'apache-2.0', downloads: 600_000 },
  { repo: 'HuggingFaceTB/SmolLM2-360M-Instruct', family: 'llama', parameters: 361_821_120, gated: false, licence: 'apache-2.0', downloads: 90_000 },
  { repo: 'someone/SmolLM2-with-a-very-long-name-that-says-everything-about-how-it-was-made', family: undefined, parameters: undefined, gated: true, licence: undefined, downloads: 3 },
]

export class FixtureHub implements HubService {
  /** The download that is under way: told of progress, and ended. */
  #progress: ((progress: DownloadProgress) => void) | undefined
  #end: ((reason: unknown) => void) | undefined

  async search(): Promise<FoundModel[]> {
    return found
  }

  async describe(_at: unknown, repo: string): Promise<HubDescription> {
    if (repo === 'nobody/nothing') {
      throw new HomespunError('hub-model-missing', 'There is no public model called nobody/nothing on huggingface.co.', {
        where: repo, fix: 'Check the name, as “owner/name”. A private model needs a token.',
      })
    }
    const gated = repo.startsWith('google/')
    const model = gated ? gemma : { ...smolLm, repo }
    return { model, gated, languages: ['en'], config: gated ? undefined : { model_type: repo.includes('7B') ? 'huge' : 'llama' } }
  }

  download(_at: unknown, _model: HubModel, _atOnce: number, onProgress: (progress: DownloadProgress) => void): Promise<string> {
    this.#progress = onProgress
    this.come(98_000_000)
    return new Promise((_, reject) => (this.#end = reject))
  }

  come(bytes: number) {
    this.#progress?.({ phase: 'downloading', bytes, totalBytes: 271_169_865, bytesPerSecond: 4_200_000, secondsLeft: 41 })
  }

  async pause() {
    this.#end?.(new HomespunError('download-paused', 'The download is paused.'))
  }

  async requestsMade(): Promise<string[]> {
    return []
  }
}
