/** A change with which a run takes less memory, in words: what is done, and what it costs. */
import type { Learnt, Lightening } from '../../service/types.ts'
import { formatCount, formatPlural } from '../../state/format.ts'
import { weightsHelp } from '../model/words.ts'

export function describeLightening(how: Lightening, { examples }: Learnt): { title: string; cost: string } {
  switch (how.kind) {
    case 'batch':
      return {
        title: `Look at ${formatPlural(how.batchSize, 'pair')} at a time, ${formatCount(how.accumulate)} times for each update`,
        cost: 'It learns the same, and takes a little longer.',
      }
    case 'recompute':
      return { title: 'Work layers out twice instead of keeping them', cost: 'It learns the same, and takes longer.' }
    case 'length':
      return { title: `Cut pairs at ${formatCount(how.maxLength)} tokens`, cost: costOfCutting(how, examples) }
    case 'weights':
      return { title: `Keep the model’s weights in ${how.weights}`, cost: `${weightsHelp[how.weights]} The model is read again; your settings stay.` }
  }
}

function costOfCutting({ cut, empty }: { cut: number; empty: number }, examples: number): string {
  if (cut + empty === 0) return 'No pair that is learnt from is longer.'
  const lost = `${formatCount(cut)} of ${formatCount(examples)} ${cut === 1 ? 'loses' : 'lose'} the end`
  return empty === 0 ? `${lost}.` : `${lost}, and ${formatCount(empty)} ${empty === 1 ? 'is' : 'are'} left out.`
}
