import type { Measures } from '../../watch/measures.ts'
import { measuresFrom } from '../../watch/measures-text.ts'

/** Everything that was ever added up, without the subjects that were refused: these are of their time. */
export interface Total {
  /** The last minute that is in it; it never goes back. Undefined: nothing has been added up. */
  readonly through?: number
  readonly measures?: Measures
}

/** From the hash, as a client of the store has read it. */
export function totalFrom(hash: Readonly<Record<string, unknown>> | null): Total {
  const measures = measuresFrom(hash?.seen)
  const through = hash?.through
  return { ...(typeof through === 'number' && { through }), ...(measures && { measures }) }
}
