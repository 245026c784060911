/** Models by words, on a hub. */
import { isJsonObject } from '../json-file.ts'
import { isRepoName } from '../cache/manifest.ts'
import type { FoundModel } from '../types.ts'
import { askJson, checkHub, notAHub, type HubConnection } from './hub-client.ts'

const fields = ['config', 'safetensors', 'gated', 'tags', 'downloads']

/** At most `limit` models in safetensors for transformers, most downloaded first. Throws HomespunError 'hub-…'. */
export async function searchModels(connection: HubConnection, words: string, limit = 20): Promise<FoundModel[]> {
  const hub = checkHub(connection.hub, connection.token)
  const query = new URLSearchParams([
    ['search', words],
    ['limit', String(limit)],
    ['sort', 'downloads'],
    ['filter', 'transformers'],
    ['filter', 'safetensors'],
    ...fields.map((field) => ['expand', field]),
  ])
  const found = await askJson(connection, `${hub}/api/models?${query.toString()}`, {
    hub,
    repo: words,
    withToken: connection.token !== undefined,
  })
  if (!Array.isArray(found)) throw notAHub(hub)
  return found
    .filter(isJsonObject)
    .map(readModel)
    .filter(({ repo }) => isRepoName(repo))
}

function readModel(json: Record<string, unknown>): FoundModel {
  const config = isJsonObject(json['config']) ? json['config'] : {}
  const total = isJsonObject(json['safetensors']) ? json['safetensors']['total'] : undefined
  const tags = Array.isArray(json['tags']) ? json['tags'].filter((tag) => typeof tag === 'string') : []
  return {
    repo: typeof json['id'] === 'string' ? json['id'] : '',
    family: typeof config['model_type'] === 'string' ? config['model_type'] : undefined,
    parameters: typeof total === 'number' ? total : undefined,
    gated: json['gated'] === 'auto' || json['gated'] === 'manual',
    licence: tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length),
    downloads: typeof json['downloads'] === 'number' ? json['downloads'] : 0,
  }
}
