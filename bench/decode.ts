/** Greedy tokens one after another from a short prompt. */
import type { Bench } from './lib/bench.ts'
import { createOnnxDecoder } from '../src/generate/onnx-decoder.ts'
import { OnnxModel } from '../src/runtime/onnx-model.ts'
import { createAdapter } from '../src/adapters/init.ts'
import type { LoraAdapter } from '../src/adapters/types.ts'
import type { OnnxRuntime } from '../src/engine/onnx/session.ts'
import { LORA } from './lib/onnx-step.ts'
import { randomModel, SMALL } from './lib/random-model.ts'
import { byTurns, timed, type Contestant } from './lib/rounds.ts'
import { transformersJsDecode } from './lib/transformers-js.ts'

const TOKENS = 64
const PROMPT = Array.from({ length: 16 }, (_, i) => 7 * i + 1)
const GREEDY = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, adapterStrength: 1 }

async function onnxDecode(name: string, runtime: OnnxRuntime, tuned: boolean): Promise<Contestant> {
  const model = OnnxModel.open(runtime, randomModel(SMALL))
  const adapter: LoraAdapter | undefined = tuned ? createAdapter(LORA, model.model.linearModules, 1) : undefined
  const decoder = await createOnnxDecoder(model, adapter)
  const answer = async () => {
    let made = 0
    for await (const _token of decoder.decode(PROMPT, GREEDY)) if (++made === TOKENS) break
  }
  return { name, run: () => timed(answer), close: () => decoder.destroy() }
}

export const decode: Bench = {
  name: 'decode',
  title: `Greedy decode of the 5.5M-parameter model: ${TOKENS} tokens after ${PROMPT.length}`,
  async run({ runtime, rounds, tell }) {
    const contestants = [
      await onnxDecode('onnx, base', runtime, false),
      await onnxDecode('onnx, adapter beside', runtime, true),
      await transformersJsDecode(runtime, SMALL, PROMPT, TOKENS),
    ]
    const results = await byTurns(contestants, rounds, 2, tell)
    for (const contestant of contestants) contestant.close()
    return { results, base: 'onnx, base', notes: results.map(({ name, median }) => `${name}: ${((1000 * TOKENS) / median).toFixed(0)} tokens a second`) }
  },
}
