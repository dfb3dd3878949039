import { afterAll, beforeAll } from 'vitest'
import { type DemoUpstream, startUpstream } from '../../../scripts/upstream/server.ts'

/** The demo upstream for as long as the tests of a file run. */
export function runningUpstream() {
  let upstream: DemoUpstream
  beforeAll(async () => {
    upstream = await startUpstream()
  })
  afterAll(() => upstream.stop())
  return {
    upstream: () => upstream,
    ask: (path: string, init: RequestInit = {}) =>
      fetch(upstream.url + path, { redirect: 'manual', ...init }),
  }
}
