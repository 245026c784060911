/** The ONNX engine as the service takes it: ONNX Runtime on Wasm, with a copy of the weights in each session. */
import type { OnnxRuntime } from '../../engine/onnx/session.ts'
import { warmUp } from '../../engine/onnx/warm-up.ts'
import { createOnnxDecoder } from '../../generate/onnx-decoder.ts'
import { onnxLogits } from '../../generate/onnx-logits.ts'
import { OnnxModel } from '../../runtime/onnx-model.ts'
import { createOnnxTrainingStep, planOnnxTraining } from '../../train/onnx-training-step.ts'
import type { LoadedModel, OpenEngine } from '../ports.ts'
import { modelFacts, stepSettings } from './model-facts.ts'

/** ONNX Runtime, ready to make sessions. */
export interface OpenRuntime {
  readonly runtime: OnnxRuntime
  readonly threads: number
  /** Why there is one thread alone, where there is: a sentence. */
  readonly fewThreads: string | undefined
}

/** Throws HomespunError 'onnx-session' where ONNX Runtime does not start. */
export async function engineOver({ runtime, threads, fewThreads }: OpenRuntime, why: string): Promise<OpenEngine> {
  await warmUp(runtime)
  return {
    report: {
      kind: 'onnx',
      device: `processor, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      software: true,
      why: [why, fewThreads].filter(Boolean).join(' '),
      maxBufferBytes: undefined,
    },
    lost: new Promise(() => undefined),
    close: () => undefined,
    loadModel: async (folder, _onProgress, dtype) => loadedModel(OnnxModel.open(runtime, folder, { dtype })),
  }
}

const loadedModel = (model: OnnxModel): LoadedModel => ({
  ...modelFacts(model.model),
  bytesOnGpu: model.weightBytes,
  planStep: (request, weights) => planOnnxTraining(weights ? model.keptAs(weights) : model, stepSettings(request), request.asked),
  createStep: (request, adapter) => createOnnxTrainingStep(model, adapter, stepSettings(request)),
  createDecoder: (adapter) => createOnnxDecoder(model, adapter),
  logits: (batch, adapter) => onnxLogits(model, batch, adapter),
  destroy: () => undefined,
})
