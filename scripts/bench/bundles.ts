import { gzipKibOf } from '../bundle-size.ts'
import type { Bundle } from './findings.ts'
import type { Target } from './targets.ts'

/** What the platform's limit is about: the script as it is uploaded, without assets. */
export function bundlesOf(targets: readonly Target[]): Bundle[] {
  return targets.map(({ name, script }) => ({ target: name, gzipKib: gzipKibOf(script) }))
}
