import { inject } from 'vitest'
import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import { UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { sleep } from '../../src/adapters/waiting-room.ts'
import { MemorySubjects } from '../support/memory-subjects.ts'
import { withoutLeases } from '../support/without-leases.ts'
import { describeSubjects } from './subjects-suite.ts'

const { storeUrl, storeKind, embeddedStoreUrl, storeToken: token } = inject('outside')

const embedded = () => new UpstashSubjects({ url: embeddedStoreUrl, token, timeoutMs: 5_000 })
const redis = () => new UpstashSubjects({ url: storeUrl, token, timeoutMs: 5_000 })

describeSubjects('the stand-in that other tests use', () => new MemorySubjects())
describeSubjects('the script on the embedded store', () => withoutLeases(embedded()))
describeSubjects(`the script on ${storeKind}`, () => withoutLeases(redis()))
describeSubjects(
  'leases of the embedded store',
  () =>
    new LeasingSubjects(
      embedded(),
      'a',
      () => 0,
      sleep,
      () => {},
    ),
)
describeSubjects(
  `leases of ${storeKind}`,
  () =>
    new LeasingSubjects(
      redis(),
      'a',
      () => 0,
      sleep,
      () => {},
    ),
)
