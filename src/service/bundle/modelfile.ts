/** The Modelfile with which Ollama makes base and adapter one model. */
import { goTemplate } from '../../data/render/go-template.ts'
import type { Template, Tokenizer } from '../../data/types.ts'
import { endTexts } from '../../runtime/export/manner.ts'

/** `ggufName` lies beside it. The base is named only: it has to be there as GGUF. */
export function modelfile(baseName: string, ggufName: string, template: Template, tokenizer: Tokenizer): string {
  const inGo = goTemplate(template, tokenizer)
  return [
    `# ${baseName} with this adapter, for Ollama: ollama create NAME -f Modelfile`,
    "# The base as GGUF, in full precision or quantised; llama.cpp's convert_hf_to_gguf.py writes it from the folder:",
    '#   python convert_hf_to_gguf.py FOLDER --outfile base.gguf',
    'FROM ./base.gguf',
    `ADAPTER ./${ggufName}`,
    ...(inGo === undefined
      ? ["# The template of this model cannot be put into Ollama's words; the one in base.gguf is used."]
      : [`TEMPLATE """${inGo}"""`]),
    ...endTexts(tokenizer).map((text) => `PARAMETER stop ${JSON.stringify(text)}`),
    '',
  ].join('\n')
}
