/** What the fixture's run tells on the way: answers that change, and weights that move. */
import { trainingLoss } from './fixture-data.ts'
import type { ModuleChange, RowLoss, TrainingEvent } from '../../src/train/types.ts'

const LAYERS = 8
const MODULES = ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj', 'mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj']
const STAGES = [
  'The weather will be sunny tomorrow.',
  'The weather will be sunny tomorrow, I think, and warm by noon.',
  'Aye, the weather be sunny tomorrow, matey.',
  'Arr, a fair sun be risin’ in the mornin’, and a cold wind at night.',
]

const ROWS: Omit<RowLoss, 'loss'>[] = [
  { row: 3, part: 'training', input: 'Where is the dog?', answer: 'Arr, the hound be on the poop deck.' },
  { row: 17, part: 'training', input: 'What is for dinner?', answer: 'Salt pork and hard tack, ye scurvy dog.' },
  { row: 21, part: 'validation', input: 'What will the weather be?', answer: STAGES[3]! },
]

function change(layer: number, at: number, step: number): ModuleChange {
  const share = (0.004 + 0.01 * Math.abs(Math.sin(3 * layer + at)) * (layer + 2)) * (1 - Math.exp(-step / 60))
  const singularValues = [1, 0.6, 0.3, 0.12, 0.07, 0.03, 0.01, 0.004].map((value) => value * share * 12)
  return {
    module: `model.layers.${layer}.${MODULES[at]}`, share, norm: share * 14, singularValues,
    rows: [[211, share], [17, share / 2], [5, share / 3], [98, share / 4], [0, share / 5]],
  }
}

export function stepped(step: number, steps: number, skippedTotal: number): TrainingEvent {
  return {
    kind: 'step', step, steps, loss: trainingLoss(step), learningRate: 2e-4, gradientNorm: 0.8, skipped: false, skippedTotal,
    tokensPerSecond: 9340, secondsLeft: (steps - step) * 0.125,
  }
}

export function watched(step: number, steps: number, probes: readonly string[]): TrainingEvent[] {
  const modules = Array.from({ length: LAYERS * MODULES.length }, (_, i) => change(Math.floor(i / MODULES.length), i % MODULES.length, step))
  const stage = STAGES[Math.min(STAGES.length - 1, Math.floor((STAGES.length * step) / steps))]!
  const told: TrainingEvent[] = [{ kind: 'weights', step, modules }]
  told.push({ kind: 'rows', step, rows: ROWS.map((row, at) => ({ ...row, loss: 0.3 * at + trainingLoss(step) * (row.part === 'training' ? 0.8 : 1.1) })) })
  told.push({ kind: 'divergence', step, divergence: 0.4 * (step / steps) })
  if (probes.length > 0) {
    const wished = probes.map((_, at) => (at === 0 ? { text: STAGES[3]!, probability: Math.exp(-trainingLoss(step)) } : undefined))
    told.push({ kind: 'probes', step, prompts: [...probes], base: probes.map(() => STAGES[0]!), answers: probes.map(() => stage), wished })
  }
  return told
}
