/** The TensorFlow.js engine as the service takes it: the weights once, on the backend. */
import type { Tf } from '../../engine/tfjs/context.ts'
import { createTfjsDecoder } from '../../generate/tfjs-decoder.ts'
import { tfjsLogits } from '../../generate/tfjs-logits.ts'
import { TfjsModel } from '../../runtime/tfjs-model.ts'
import { createTfjsTrainingStep, planTfjsTraining } from '../../train/tfjs-training-step.ts'
import type { OpenEngine } from '../ports.ts'
import { modelFacts, stepSettings } from './model-facts.ts'

/** TensorFlow.js with a backend that works. */
export interface OpenTfjs {
  readonly tf: Tf
  /** As a person would name what it runs on: "Apple M2, through WebGL", "processor, through WebAssembly, 1 thread". */
  readonly device: string
  readonly software: boolean
  readonly lost: Promise<{ message: string }>
  /** Lets go of the backend; what lies in it is freed with it. */
  readonly close: () => void
}

/** TensorFlow.js as it can be had here; its packages are loaded when they are first wanted. */
export interface TfjsPort {
  /** On the fastest of its backends. Throws HomespunError 'tfjs-unavailable'. */
  open(): Promise<OpenTfjs>
  /** On a graphics device through WebGL, where there is one that is no software and computes in f32. */
  openWebGl(): Promise<OpenTfjs | undefined>
}

export function engineOverTfjs({ tf, device, software, lost, close }: OpenTfjs, why: string): OpenEngine {
  const models = new Set<TfjsModel>()
  let closed = false
  const closeWhenFree = () => {
    if (closed && models.size === 0) close()
  }
  return {
    report: { kind: 'tfjs', device, software, why, maxBufferBytes: undefined },
    lost,
    close() {
      closed = true
      closeWhenFree()
    },
    async loadModel(folder, onProgress, dtype) {
      const model = await TfjsModel.load(tf, folder, { dtype, onProgress: (bytes, totalBytes) => onProgress({ phase: 'reading the weights', bytes, totalBytes }) })
      models.add(model)
      return {
        ...modelFacts(model.model),
        bytesOnGpu: model.weightBytes,
        planStep: (request) => planTfjsTraining(model, stepSettings(request)),
        createStep: async (request, adapter) => createTfjsTrainingStep(model, adapter, stepSettings(request)),
        createDecoder: async (adapter) => createTfjsDecoder(model, adapter),
        logits: (batch, adapter) => tfjsLogits(model, batch, adapter),
        destroy() {
          model.destroy()
          models.delete(model)
          closeWhenFree()
        },
      }
    },
  }
}
