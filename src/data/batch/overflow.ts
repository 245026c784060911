/** A micro-batch that is larger than what was planned. */
import { HomespunError } from '../../errors.ts'

export function overflow(what: string): never {
  throw new HomespunError('batch-overflow', `A micro-batch has more ${what} than its layout was planned for.`, {
    fix: 'Plan the layout over all micro-batches of the run.',
  })
}
