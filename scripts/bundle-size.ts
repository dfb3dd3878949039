import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** The platform takes 3 MiB, but each is read at every cold start: docs/decisions/006-bundle-size.md. */
export const MAX_GZIP_KIB = 108

export function gzipKibOf(file: string): number {
  return gzipSync(readFileSync(file), { level: 9 }).length / 1024
}
