/** What changed in the weights, laid out: a row for each layer, a column for each of its linear modules. */
import type { ModuleChange } from '../../train/types.ts'

export interface ChangeGrid {
  columns: string[]
  rows: { label: string; cells: (ModuleChange | undefined)[] }[]
  /** The largest share, or norm where shares are not known. */
  most: number
}

/** How much of a module changed, to be compared with others. */
export const sizeOf = ({ share, norm }: ModuleChange): number => share ?? norm

/** "model.layers.3.self_attn.q_proj" is layer 3; T5 says which half. Modules outside the layers stand by themselves. */
function layerOf(module: string): string {
  const [, before = '', number] = /^(.*?)(\d+)\./.exec(module) ?? []
  const half = /^(encoder|decoder)\./.exec(before)?.[1]
  return number === undefined ? 'other' : `${half ? `${half} ` : ''}layer ${number}`
}

/** The last two parts of the name: GPT-2 has a c_proj in attention and one in the MLP. */
const longName = (module: string) => module.split('.').slice(-2).join('.')
const shortName = (name: string) => name.split('.').at(-1)!

export function changeGrid(modules: readonly ModuleChange[]): ChangeGrid {
  const names = [...new Set(modules.map(({ module }) => longName(module)))]
  const shorts = names.map(shortName)
  const rows = new Map<string, (ModuleChange | undefined)[]>()
  for (const change of modules) {
    const label = layerOf(change.module)
    const cells = rows.get(label) ?? names.map(() => undefined)
    cells[names.indexOf(longName(change.module))] = change
    rows.set(label, cells)
  }
  return {
    columns: names.map((name, at) => (shorts.filter((short) => short === shorts[at]).length > 1 ? name : shorts[at]!)),
    rows: [...rows].map(([label, cells]) => ({ label, cells })),
    most: Math.max(0, ...modules.map(sizeOf)),
  }
}
