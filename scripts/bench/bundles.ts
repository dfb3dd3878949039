import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Bundle } from './findings.ts'
import type { Target } from './targets.ts'

/** What the platform's limit is about: the script as it is uploaded, without assets. */
export function bundlesOf(targets: readonly Target[]): Bundle[] {
  return targets.map(({ name, script }) => ({
    target: name,
    gzipKib: gzipSync(readFileSync(script), { level: 9 }).length / 1024,
  }))
}
