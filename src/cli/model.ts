/** A model opened from a folder or by its name on a hub, and given to an engine of this machine, with its tokenizer. */
import { createTokenizer } from '../data/tokenizer/node.ts'
import { modelFromConfig } from '../models/index.ts'
import { loadOpened, type OpenModel } from '../service/open-model.ts'
import type { EngineWish, LoadProgress } from '../service/types.ts'
import { WatchedEngine } from '../service/watched-engine.ts'
import type { ModelChoice } from './arguments.ts'
import { openNodeEngine } from './engine.ts'
import { openChosen } from './hub.ts'
import { bytesText, type Output } from './output.ts'

/** A model on an engine. */
export interface Opened {
  model: OpenModel
  engine: WatchedEngine
}

/**
 * Opens the model that was named, hands it to `work`, and frees the engine whatever comes of it. Work ends with
 * 'gpu-lost' where a device is lost. Throws what src/hub, the tokenizer and the engine throw.
 */
export async function withModel<T>(
  choice: ModelChoice,
  wish: EngineWish,
  output: Output,
  work: (model: OpenModel, engine: WatchedEngine) => Promise<T>,
): Promise<T> {
  const folder = await openChosen(choice, output)
  modelFromConfig(folder.config)
  const { tokenizerJson, tokenizerConfig, config, generationConfig } = folder
  const tokenizer = await createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig })
  const engine = new WatchedEngine(await openNodeEngine(wish), (error) => output.note(error.message))
  try {
    const tell = ({ phase, bytes, totalBytes }: LoadProgress) =>
      output.status(`${phase}: ${bytesText(bytes)} of ${bytesText(totalBytes)}`)
    const model = await loadOpened(engine, { folder, tokenizer, weights: choice.weights }, tell)
    const { family, parameters } = model.loaded
    output.note(`${folder.name}: ${family}, ${parameters} parameters, on ${engine.report.device}. ${engine.report.why}`)
    return await engine.guard(work(model, engine))
  } finally {
    engine.close()
  }
}
