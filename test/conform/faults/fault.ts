import type { Options } from '../../../scripts/conform/options.ts'
import type { Plant } from '../planting-proxy.ts'

export interface Fault {
  readonly title: string
  /** What must be found broken, and nothing else. */
  readonly clause: string
  readonly plant: (given: Options) => Plant
  readonly options?: Partial<Options>
}
