/** Models that are good to begin with, by name: what can be said of each before its hub is asked. */
import type { EngineKind, MemoryByWeights } from '../../service/types.ts'
import memory from './memory.json' with { type: 'json' }

type Shape = keyof typeof memory

export interface NamedModel {
  repo: string
  name: string
  /** Whether it was taught to answer, or goes on from a text. */
  kind: 'instruct' | 'base'
  parameters: number
  /** Of the files that are downloaded, about: the hub says it exactly when it is looked up. */
  bytesOnDisk: number
  licence: string
  /** Its owner asks to agree to conditions first. */
  gated: boolean
  languages: string
  goodFor: string
  memory: Record<EngineKind, MemoryByWeights>
}

type Entry = [shape: Shape, repo: string, name: string, kind: NamedModel['kind'], millions: number, megabytes: number, ...words: [licence: string, languages: string, goodFor: string]]

const entries: Entry[] = [
  ['smollm2-135m', 'HuggingFaceTB/SmolLM2-135M-Instruct', 'SmolLM2 135M Instruct', 'instruct', 135, 271, 'apache-2.0', 'English', 'A first model: follows simple instructions, and learns a tone or a format from some dozens of pairs.'],
  ['smollm2-135m', 'HuggingFaceTB/SmolLM2-135M', 'SmolLM2 135M', 'base', 135, 271, 'apache-2.0', 'English', 'The same before it was taught to chat: for formats of your own, and for going on from a text.'],
  ['gemma-3-270m', 'google/gemma-3-270m', 'Gemma 3 270M', 'base', 268, 574, 'gemma', 'over 140 languages', 'Made to be tuned for one narrow task: labels, fields, fixed forms. Knows many languages.'],
  ['smollm2-360m', 'HuggingFaceTB/SmolLM2-360M-Instruct', 'SmolLM2 360M Instruct', 'instruct', 362, 726, 'apache-2.0', 'English', 'Answers better than the small one, at more than twice the time a step.'],
  ['smollm2-360m', 'HuggingFaceTB/SmolLM2-360M', 'SmolLM2 360M', 'base', 362, 726, 'apache-2.0', 'English', 'The same before it was taught to chat.'],
  ['qwen3-0.6b', 'Qwen/Qwen3-0.6B', 'Qwen3 0.6B', 'instruct', 596, 1515, 'apache-2.0', 'over 100 languages', 'The ablest of the small ones: reasoning, code, and languages other than English.'],
  ['flan-t5-small', 'google/flan-t5-small', 'Flan-T5 small', 'instruct', 77, 311, 'apache-2.0', 'English, German, French, Spanish', 'An encoder and a decoder: for turning one short text into another, as in translating or summing up.'],
  ['flan-t5-base', 'google/flan-t5-base', 'Flan-T5 base', 'instruct', 248, 993, 'apache-2.0', 'English, German, French, Spanish', 'The same, three times as large and surer.'],
  ['pythia-70m', 'EleutherAI/pythia-70m', 'Pythia 70M', 'base', 70, 168, 'apache-2.0', 'English', 'The smallest: quick steps, to see what training does. Its English is poor.'],
  ['pythia-160m', 'EleutherAI/pythia-160m', 'Pythia 160M', 'base', 162, 377, 'apache-2.0', 'English', 'Made for the study of training; its data and every stage of it are public.'],
  ['gpt2', 'openai-community/gpt2', 'GPT-2', 'base', 124, 550, 'mit', 'English', 'The classic that most books and lessons speak of.'],
  ['tinyllama-1.1b', 'TinyLlama/TinyLlama-1.1B-Chat-v1.0', 'TinyLlama 1.1B Chat', 'instruct', 1100, 2203, 'apache-2.0', 'English', 'A Llama in small that chats: for a GPU with some gigabytes to spare.'],
  ['mistral-7b', 'mistralai/Mistral-7B-v0.3', 'Mistral 7B', 'base', 7248, 14_499, 'apache-2.0', 'English', 'A large model by the measure of a page: for a machine with much memory, and with patience.'],
]

export const NAMED_MODELS: readonly NamedModel[] = entries.map(
  ([shape, repo, name, kind, millions, megabytes, licence, languages, goodFor]) => ({
    repo, name, kind, licence, languages, goodFor,
    parameters: millions * 1e6,
    bytesOnDisk: megabytes * 1e6,
    gated: licence === 'gemma',
    memory: inBytes(memory[shape]),
  }),
)

function inBytes(megabytes: Record<EngineKind, MemoryByWeights>): Record<EngineKind, MemoryByWeights> {
  const bytes = ({ stored, int8, int4 }: MemoryByWeights) => ({ stored: stored * 1e6, int8: int8 * 1e6, int4: int4 * 1e6 })
  return { webgpu: bytes(megabytes.webgpu), onnx: bytes(megabytes.onnx), tfjs: bytes(megabytes.tfjs) }
}
