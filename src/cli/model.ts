/** A model opened from a folder and put on this machine's device, with its tokenizer. */
import { createTokenizer } from '../data/tokenizer/node.ts'
import { openModelDirectory } from '../hub/node-model-directory.ts'
import type { ModelFolder } from '../hub/types.ts'
import { WatchedDevice } from '../service/device.ts'
import { webgpuEngine } from '../service/engine.ts'
import { loadOpened, type OpenModel } from '../service/open-model.ts'
import type { LoadProgress } from '../service/types.ts'
import { openNodeDevice } from './dawn.ts'
import { bytesText, type Output } from './output.ts'

/** The service's parts that opening a model takes, as they are in Node. */
const parts = {
  engine: webgpuEngine,
  makeTokenizer: ({ tokenizerJson, tokenizerConfig, config, generationConfig }: ModelFolder) =>
    createTokenizer({ tokenizer: tokenizerJson, tokenizerConfig, config, generationConfig }),
}

/**
 * Opens the model in the folder `path`, hands it to `work`, and frees the device whatever comes of it. Work ends with
 * 'gpu-lost' where the device is lost. Throws what src/hub, the tokenizer and the engine throw.
 */
export async function withModel<T>(path: string, output: Output, work: (model: OpenModel) => Promise<T>): Promise<T> {
  const folder = await openModelDirectory(path)
  parts.engine.checkModel(folder)
  const tokenizer = await parts.makeTokenizer(folder)
  const device = new WatchedDevice(await openNodeDevice(), (error) => output.note(error.message))
  try {
    const tell = ({ phase, bytes, totalBytes }: LoadProgress) =>
      output.status(`${phase}: ${bytesText(bytes)} of ${bytesText(totalBytes)}`)
    const model = await loadOpened(parts, device, { folder, tokenizer }, tell)
    const { family, parameters, bytesOnGpu } = model.loaded
    output.note(`${folder.name}: ${family}, ${parameters} parameters, ${bytesText(bytesOnGpu)} on ${device.report.device}`)
    return await device.guard(work(model))
  } finally {
    device.close()
  }
}
