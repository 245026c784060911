/** Any value of a graph by its name, to be asked of whichever executor runs the graph. */
import { HomespunError } from '../errors.ts'
import type { Graph, Value } from './graph.ts'

const SUGGESTIONS = 3

/**
 * The value called `name` ("layer 1: attention", "layer 0: output"): the first one, where several are. As an output of `makePlan`,
 * `lowerToOnnx` or `interpret` it can be read. Throws HomespunError 'tap-unknown', which tells the names that come nearest.
 */
export function tapped(graph: Graph, name: string): Value {
  const found = graph.values.find((value) => value.name === name)
  if (found) return found
  const names = [...new Set(graph.values.map((value) => value.name))]
  const nearest = names.map((other) => ({ other, steps: editDistance(name, other) })).sort((a, b) => a.steps - b.steps).slice(0, SUGGESTIONS)
  throw new HomespunError('tap-unknown', `The graph has no value called “${name}”.`, {
    fix: `The nearest names are ${nearest.map(({ other }) => `“${other}”`).join(', ')}.`,
  })
}

/** Letters to insert, delete or replace between two words (Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
