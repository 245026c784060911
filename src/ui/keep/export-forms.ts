/** What an adapter can leave as, in plain words. */
import type { AdapterRecord, ExportFormat, ModelSummary, OnnxExportOptions } from '../../service/types.ts'

export type ExportForm = 'peft' | 'onnx' | ExportFormat

export interface FormWords {
  readonly value: ExportForm
  readonly name: string
  /** What it is for, and which tool opens it. */
  readonly use: string
  readonly button: 'Export the adapter' | 'Export the model'
}

export const EXPORT_FORMS: readonly FormWords[] = [
  {
    value: 'peft',
    name: 'PEFT adapter',
    button: 'Export the adapter',
    use: 'For Python with Hugging Face PEFT, and to be brought back here. It needs its base beside it.',
  },
  {
    value: 'bundle',
    name: 'Everything for the adapter, in one zip',
    button: 'Export the adapter',
    use: 'PEFT, llama.cpp, MLX and a Modelfile for Ollama, with a model card, and a script that goes on with the run on other machines (TRL). It can be brought back here. A whole model goes out by itself: it is as large as the base.',
  },
  {
    value: 'merged',
    name: 'Whole model (safetensors)',
    button: 'Export the model',
    use: 'The base with what it learnt, for transformers, vLLM and all that opens a model’s folder. It stands by itself.',
  },
  {
    value: 'gguf',
    name: 'Adapter for llama.cpp (GGUF)',
    button: 'Export the adapter',
    use: 'For llama.cpp, Ollama and LM Studio, with a Modelfile. They need its base as GGUF beside it.',
  },
  {
    value: 'mlx',
    name: 'Adapter for MLX',
    button: 'Export the adapter',
    use: 'For mlx-lm on a Mac, with a model card. It needs its base beside it.',
  },
  {
    value: 'onnx',
    name: 'Model for transformers.js (ONNX)',
    button: 'Export the model',
    use: 'The base with what it learnt, for pages with transformers.js and for ONNX Runtime. It stands by itself.',
  },
]

/** Why the bundle of this adapter has no script for TRL; undefined where it has one. */
export function withoutScript({ blend, settings }: AdapterRecord, model: ModelSummary | undefined): string | undefined {
  if (blend) return 'There is no script for TRL in it: a blend was made by no run of its own.'
  if (!settings) return 'There is no script for TRL in it: how this adapter was trained is not written down.'
  return model?.hasEncoder ? 'There is no script for TRL in it: that is for models without an encoder.' : undefined
}

/** What the file of a whole model is called, unless the person says otherwise. */
export function suggestedName({ name }: AdapterRecord, form: 'merged' | 'onnx', dtype: OnnxExportOptions['dtype']): string {
  return `${name.slice(0, 80)}-${form === 'onnx' ? `onnx-${dtype}` : form}.zip`
}

/** Whether the open model allows it: all but PEFT's need its shape, which llama.cpp, mlx-lm and ONNX here know of decoders alone. */
export function isPossible(form: ExportForm, adapter: AdapterRecord, model: ModelSummary | undefined): boolean {
  if (form === 'peft') return true
  if (model?.identity.hash !== adapter.base.hash) return false
  return form === 'merged' || form === 'bundle' || !model.hasEncoder
}

/** About how large the file becomes; undefined where that cannot be told yet. */
export function exportBytes(
  form: ExportForm,
  adapter: AdapterRecord,
  model: ModelSummary | undefined,
  dtype: OnnxExportOptions['dtype'],
): number | undefined {
  if (form === 'bundle') return adapter.bytes * (model?.hasEncoder ? 1 : 3)
  if (form !== 'merged' && form !== 'onnx') return adapter.bytes
  if (!model || !isPossible(form, adapter, model)) return undefined
  return form === 'merged' ? model.bytesOnDisk : model.parameters * (dtype === 'fp16' ? 2 : 4)
}
