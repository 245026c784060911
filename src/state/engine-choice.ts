/** Which engine the person wishes for: kept in this browser, automatic until they choose. */
import type { EngineWish } from '../service/types.ts'
import { keepChoice, readChoice } from './choice.ts'

const key = 'homespun.engine'
const wishes: readonly EngineWish[] = ['auto', 'webgpu', 'onnx', 'tfjs']

export function readEngineWish(): EngineWish {
  const stored = readChoice(key)
  return wishes.find((wish) => wish === stored) ?? 'auto'
}

export function keepEngineWish(wish: EngineWish): void {
  keepChoice(key, wish)
}
