/** How an exported model is to be asked, in Hugging Face's own words: its chat template, and the tokens that end an answer. */
import { encodeJson } from '../../adapters/json.ts'
import { plainChatTemplate } from '../../data/render/plain-jinja.ts'
import type { Template, Tokenizer } from '../../data/types.ts'
import type { ModelFile } from '../../engine/onnx/export/model-files.ts'
import type { ModelFolder } from '../../hub/types.ts'
import { jsonFile, plainJson } from './json-files.ts'

export interface Manner {
  /** In Jinja, in place of the base's own; undefined leaves that. */
  readonly chatTemplate: string | undefined
  readonly endIds: readonly number[]
}

/** That of a model taught with this template. */
export function mannerOf(template: Template, tokenizer: Tokenizer): Manner {
  const { addsBos, bosId, endIds } = tokenizer
  const text = (id: number | undefined) => (id === undefined ? '' : tokenizer.decode([id]))
  const chatTemplate =
    typeof template === 'string' ? undefined : plainChatTemplate(template, addsBos ? text(bosId) : '', text(endIds[0]))
  return { chatTemplate, endIds }
}

/** The tokens that end an answer, as they are written. */
export function endTexts(tokenizer: Pick<Tokenizer, 'endIds' | 'decode'>): string[] {
  return [...new Set(tokenizer.endIds.map((id) => tokenizer.decode([id])).filter((text) => text !== ''))]
}

/** The files of a model's folder that say it; all else in them is the base's. */
export function mannerFiles(folder: ModelFolder, { chatTemplate, endIds }: Manner): ModelFile[] {
  const { generationConfig, tokenizerJson, tokenizerConfig } = folder
  const ends = endIds.length > 0 ? { eos_token_id: endIds } : {}
  const template = chatTemplate === undefined ? {} : { chat_template: chatTemplate }
  return [
    jsonFile('generation_config.json', encodeJson({ ...generationConfig, ...ends })),
    jsonFile('tokenizer.json', plainJson(tokenizerJson)),
    jsonFile('tokenizer_config.json', plainJson({ ...tokenizerConfig, ...template })),
  ]
}
