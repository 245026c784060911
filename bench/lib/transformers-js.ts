/** transformers.js with a model that was exported: the same ONNX Runtime under another decode loop. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { OnnxRuntime } from '../../src/engine/onnx/session.ts'
import type { ModelFolder } from '../../src/hub/types.ts'
import { onnxFolder } from '../../src/runtime/export/onnx-folder.ts'
import { randomModel, type LlamaSizes } from './random-model.ts'
import { timed, type Contestant } from './rounds.ts'

const NAME = 'model'

async function writeModel(root: string, sizes: LlamaSizes): Promise<void> {
  const folder: ModelFolder = {
    ...randomModel(sizes), name: NAME, configText: '', generationConfig: undefined, tokenizerJson: {}, tokenizerConfig: {}, hash: '', weightBytes: 0,
  }
  for (const file of onnxFolder(folder, undefined, { chatTemplate: undefined, endIds: [] }, { dtype: 'fp32', adapter: 'merged' })) {
    const path = join(root, NAME, file.name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, file.read())
  }
}

/** Greedy, `tokens` after `prompt`, no end token. */
export async function transformersJsDecode(runtime: OnnxRuntime, sizes: LlamaSizes, prompt: readonly number[], tokens: number): Promise<Contestant> {
  const root = await mkdtemp(join(tmpdir(), 'homespun-bench-'))
  await writeModel(root, sizes)
  // Where a runtime is offered under this name the library takes it; of itself it would load a native one in Node.
  Object.assign(globalThis, { [Symbol.for('onnxruntime')]: runtime })
  const { AutoModelForCausalLM, env, Tensor } = await import('@huggingface/transformers')
  Object.assign(env, { allowRemoteModels: false, localModelPath: root, useFSCache: false })
  // The library would fetch its own copy of the runtime from elsewhere.
  delete env.backends.onnx.wasm!.wasmPaths
  const model = await AutoModelForCausalLM.from_pretrained(NAME, { device: 'auto' })
  const longs = (values: readonly number[]) => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
  return {
    name: 'transformers.js, the exported file',
    run: () =>
      timed(() =>
        model.generate({
          inputs: longs(prompt), attention_mask: longs(prompt.map(() => 1)), max_new_tokens: tokens, do_sample: false, eos_token_id: [-1],
        }),
      ),
    close() {
      void model.dispose()
      void rm(root, { recursive: true, force: true })
    },
  }
}
