/** What changed in the weights, laid out by layer and projection. */
import { expect, it } from 'vitest'
import type { ModuleChange } from '../../src/train/types.ts'
import { changeGrid } from '../../src/ui/train/change-grid.ts'

const change = (module: string, share?: number): ModuleChange => ({ module, share, norm: 1, singularValues: [1], rows: [] })

it('has a row for each layer and a column for each projection', () => {
  const grid = changeGrid([
    change('model.layers.0.self_attn.q_proj', 0.01), change('model.layers.0.mlp.down_proj', 0.03),
    change('model.layers.1.self_attn.q_proj', 0.02), change('model.layers.1.mlp.down_proj', 0.05),
  ])
  expect(grid.columns).toEqual(['q_proj', 'down_proj'])
  expect(grid.rows.map(({ label, cells }) => [label, cells.map((cell) => cell?.share)])).toEqual([['layer 0', [0.01, 0.03]], ['layer 1', [0.02, 0.05]]])
  expect(grid.most).toBe(0.05)
})

it('tells modules of one name apart, leaves gaps, and knows both halves of T5', () => {
  const gpt = changeGrid([change('transformer.h.0.attn.c_proj'), change('transformer.h.0.mlp.c_proj'), change('transformer.h.1.mlp.c_proj')])
  expect(gpt.columns).toEqual(['attn.c_proj', 'mlp.c_proj'])
  expect(gpt.rows[1]!.cells.map((cell) => cell?.module)).toEqual([undefined, 'transformer.h.1.mlp.c_proj'])
  expect(gpt.most, 'where ‖W‖ is not known, norms are compared').toBe(1)
  const t5 = changeGrid([
    change('encoder.block.0.layer.0.SelfAttention.q'), change('decoder.block.0.layer.0.SelfAttention.q'), change('decoder.block.0.layer.1.EncDecAttention.q'),
  ])
  expect(t5.rows.map(({ label }) => label)).toEqual(['encoder layer 0', 'decoder layer 0'])
  expect(t5.columns).toEqual(['SelfAttention.q', 'EncDecAttention.q'])
})
