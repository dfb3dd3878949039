import { inject } from 'vitest'
import { UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { MemorySubjects } from '../support/memory-subjects.ts'
import { describeSubjects } from './subjects-suite.ts'

const { storeUrl, storeKind, embeddedStoreUrl, storeToken: token } = inject('outside')

describeSubjects('the stand-in that other tests use', () => new MemorySubjects())

describeSubjects(
  'the script on the embedded store',
  () => new UpstashSubjects({ url: embeddedStoreUrl, token, timeoutMs: 5_000 }),
)

describeSubjects(
  `the script on ${storeKind}`,
  () => new UpstashSubjects({ url: storeUrl, token, timeoutMs: 5_000 }),
)
