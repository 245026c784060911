/** What the fixture's service is like, and what it refuses. */
import type { HomespunError } from '../../src/errors.ts'
import type { Preflight } from '../../src/service/types.ts'

export interface Scenario {
  /** What start() refuses with. */
  refuse?: HomespunError
  noGpu?: boolean
  shelf?: boolean
  /** More adapters than a handful. */
  fullShelf?: boolean
  /** An adapter on the shelf learnt on another version of the model, of the same shapes. */
  otherVersion?: boolean
  unfinished?: boolean
  /** Models are in the browser: one whole, one in part. */
  downloaded?: boolean
  /** openModel never ends, halfway. */
  loading?: boolean
  modelError?: HomespunError
  /** What the first pre-flight tells of memory. */
  plan?: Preflight['plan']
  /** measure never ends. */
  measuring?: boolean
  trainError?: HomespunError
  answerError?: HomespunError
  chatTemplate?: boolean
  /** Its adapters learnt from texts. */
  texts?: boolean
  encoder?: boolean
  /** The loss on unseen pairs rises from step 75 on. */
  byHeart?: boolean
  /** exportOnnx never ends, a quarter done. */
  exporting?: boolean
  exportError?: HomespunError
}
