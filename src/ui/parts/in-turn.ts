/** Drawing in turn: a frame draws one thing of all that wait, so that no task of the page is long. */

const waiting: (() => void)[] = []
let handle = 0

function next(): void {
  const draw = waiting.shift()
  handle = waiting.length > 0 ? requestAnimationFrame(next) : 0
  draw?.()
}

/** Draws in a frame of its own, after all that were asked for earlier; returns what takes the wish back. */
export function inTurn(draw: () => void): () => void {
  waiting.push(draw)
  // The frame that comes first belongs to what led here: a click and its frame are one task.
  handle ||= requestAnimationFrame(() => (handle = requestAnimationFrame(next)))
  return () => {
    const at = waiting.indexOf(draw)
    if (at >= 0) waiting.splice(at, 1)
  }
}
