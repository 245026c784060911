/** Which engine the person wishes for: kept in this browser, automatic until they choose. */
import type { EngineWish } from '../service/types.ts'

const key = 'homespun.engine'
const wishes: readonly EngineWish[] = ['auto', 'webgpu', 'onnx', 'tfjs']

/** Storage can be denied (private windows, blocked cookies): the choice then lasts as long as the page. */
export function readEngineWish(): EngineWish {
  try {
    return wishes.find((wish) => wish === localStorage.getItem(key)) ?? 'auto'
  } catch {
    return 'auto'
  }
}

export function keepEngineWish(wish: EngineWish): void {
  try {
    localStorage.setItem(key, wish)
  } catch {
    // Nothing else depends on it.
  }
}
