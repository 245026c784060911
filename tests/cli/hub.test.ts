/** Models by name in the terminal: downloaded once, opened from the cache, with and without a network. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openChosen } from '../../src/cli/hub.ts'
import { Output } from '../../src/cli/output.ts'
import { COMMIT, REPO, startHub, temporaryFolder, tinyModel } from '../hub/hub-support.ts'
import { runCommand } from './run-command.ts'

const ask = ['--prompt', 'The ball is red.\n', '--max-tokens', '4', '--temperature', '0', '--engine', 'onnx', '--json']

it('F99 --model owner/name is downloaded once; without a network it is opened from the cache, trains and answers', async () => {
  const hub = await startHub(tinyModel({ gated: true }))
  const folder = await temporaryFolder()
  const options = { cwd: folder, env: { HOMESPUN_CACHE: join(folder, 'cache'), HF_TOKEN: 'hf_known' } }
  const named = ['--model', REPO, '--hub', hub.url]
  const online = await runCommand('generate', [...named, ...ask], options)
  expect(online).toMatchObject({ code: 0, stderr: expect.stringContaining(`${COMMIT.slice(0, 12)}: 5 files, 386 KB, licence mit`) as string })
  expect(online.events[0]).toMatchObject({ kind: 'model', repo: REPO, commit: COMMIT })
  expect(hub.fetched('model.safetensors')).toHaveLength(1)

  await hub.close()
  const offline = await runCommand('generate', [...named, ...ask], options)
  expect(offline.code).toBe(0)
  expect(offline.stderr).toContain('is opened as it was downloaded')
  expect(offline.events.at(-1)!['text']).toBe(online.events.at(-1)!['text'])
  await writeFile(join(folder, 'pairs.jsonl'), '{"input":"a","output":"b"}\n{"input":"c","output":"d"}\n')
  const trained = await runCommand('finetune', ['pairs.jsonl', ...named, '--valid', 'pairs.jsonl', '--steps', '1', '--engine', 'onnx', '--out', 'out', '--json'], options)
  expect(trained).toMatchObject({ code: 0 })
  expect(trained.events.at(-1)).toMatchObject({ kind: 'adapter', steps: 1 })
}, 600_000)

it('F100 a model that broke off is completed another time, and told of where there is no network', async () => {
  const hub = await startHub(tinyModel())
  vi.stubEnv('HOMESPUN_CACHE', await temporaryFolder())
  vi.stubEnv('HF_ENDPOINT', hub.url)
  onTestFinished(() => void vi.unstubAllEnvs())
  const open = () => openChosen({ name: REPO, hub: undefined, revision: undefined, weights: 'stored' }, new Output(false))
  hub.fault = ({ origin }) => (origin === 'files' ? { kind: 'status', status: 404 } : undefined)
  await expect(open()).rejects.toMatchObject({ code: 'hub-file-missing' })
  hub.fault = () => ({ kind: 'status', status: 500 })
  await expect(open()).rejects.toMatchObject({ code: 'model-incomplete', what: expect.stringContaining('1 of 5 files are not here yet: model.safetensors') as string })
  hub.fault = () => undefined
  expect((await open()).name).toBe(REPO)
})
