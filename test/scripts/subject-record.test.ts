import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseEngine } from '../../scripts/store/choose.ts'
import type { Engine, Reply } from '../../scripts/store/engine.ts'
import { findRedisServer } from '../../scripts/store/redis/find.ts'
import { withScriptFlags } from '../../scripts/store/script-flags.ts'
import { SUBJECT_CHANGE_SCRIPT } from '../../src/adapters/subject-change-script.ts'
import { SUBJECT_SCRIPT } from '../../src/adapters/subject-script.ts'
import { ReferenceModel, type Wanted } from '../support/reference-model.ts'

const START = 1_790_000_000_000
const RUNS = 2_000

const windows = fc
  .uniqueArray(fc.constantFrom(1, 4, 60, 3_600), { minLength: 1, maxLength: 3 })
  .chain((spans) =>
    fc.tuple(
      ...spans.map((seconds) =>
        fc
          .tuple(
            fc.integer({ min: 1, max: 40 }),
            fc.constantFrom(false, false, false, true),
            fc.constantFrom('', '', 'poll:'),
          )
          .map(([limit, shadow, of]) => [`${of}${seconds}`, seconds, limit, shadow] as const),
      ),
    ),
  )

const account = (name: string) =>
  fc.record({
    subject: fc.constantFrom(name, `${name}2`),
    cost: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 5 }) },
      fc.integer({ min: -5, max: 0 }),
    ),
    refund: fc.constantFrom(0, 0, 0, 1, 5),
    ask: fc.integer({ min: 0, max: 20 }),
    windows,
    issuedAt: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    tokenId: fc.option(fc.constantFrom('j:1', 'j:2', 's:1', 'i:7'), { nil: undefined }),
    share: fc.option(
      fc.tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.constant(8),
      ),
      { nil: undefined },
    ),
  })

const request = fc.record({
  kind: fc.constant('request' as const),
  accounts: fc.oneof(fc.tuple(account('ip')), fc.tuple(account('ip'), account('user'))),
  // Forwards as a rule, at times back, at times far ahead.
  step: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 2_000 }) },
    fc.integer({ min: -10_000, max: 0 }),
    fc.constantFrom(3_600_000, -3_600_000, 60_000),
  ),
})

const SECONDS = START / 1000
const exp = fc.integer({ min: SECONDS - 20, max: SECONDS + 7_200 })

/** As many as fit, or nearly: revoked tokens of which none is in use. */
const crowd = fc
  .integer({ min: 30, max: 32 })
  .map((size) =>
    Object.fromEntries(Array.from({ length: size }, (_, i) => [`j:other-${i}`, SECONDS + 9_000])),
  )

const revocation = fc.record({
  kind: fc.constant('revocation' as const),
  subject: fc.constantFrom('user', 'user2'),
  id: fc.constantFrom('j:1', 'j:2', 's:1', 'i:7'),
  exp,
})

const setting = fc.record({
  kind: fc.constant('setting' as const),
  subject: fc.constantFrom('ip', 'ip2', 'user', 'user2'),
  change: fc.oneof(
    fc.record({
      l: fc.dictionary(fc.constantFrom('1', '4', '60', '3600'), fc.integer({ min: 1, max: 40 })),
    }),
    fc.record({ n: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ r: fc.oneof(fc.dictionary(fc.constantFrom('j:1', 's:1'), exp), crowd) }),
    fc.record({ b: fc.integer({ min: START - 5_000, max: START + 20_000 }) }),
    fc.record({ e: fc.integer({ min: START - 5_000, max: START + 20_000 }) }),
  ),
})

const steps = fc.array(fc.oneof({ weight: 6, arbitrary: request }, setting, revocation), {
  minLength: 1,
  maxLength: 15,
})

/** The records under names of this run's own. */
function recordsOf(engine: Engine) {
  const run = randomUUID()
  const key = (subject: string) => `${run}:${subject}`
  const one = async (...command: string[]) => (await engine.run([command]))[0]
  return {
    async judge(accounts: readonly Wanted[], now: number) {
      const answer = await one(
        'EVAL',
        SUBJECT_SCRIPT,
        String(accounts.length),
        ...accounts.map(({ subject }) => key(subject)),
        JSON.stringify({ now, accounts }),
      )
      return Array.isArray(answer) ? [...answer.slice(0, -1), sorted(answer.at(-1))] : answer
    },
    revoke: (subject: string, id: string, expiresAt: number, now: number) =>
      one(
        'EVAL',
        SUBJECT_CHANGE_SCRIPT,
        '1',
        key(subject),
        JSON.stringify({ now, revoke: { id, expiresAt } }),
      ),
    async change(subject: string, change: object) {
      const text = await one('GET', key(subject))
      const record = typeof text === 'string' ? JSON.parse(text) : { w: {} }
      await one('SET', key(subject), JSON.stringify({ ...record, ...change }))
    },
  }
}

/** What is revoked, the tokens in pairs and in their order: a script goes through a table as it likes. */
function sorted(revoked: Reply | undefined) {
  if (!Array.isArray(revoked)) return revoked
  return revoked.map((list) => {
    const [notBefore, ...rest] = Array.isArray(list) ? list : []
    const pairs = rest.flatMap((id, i) => (i % 2 ? [] : [[String(id), rest[i + 1]] as const]))
    return [notBefore, ...pairs.sort(([one], [other]) => (one < other ? -1 : 1))]
  })
}

/** Of every other window the reset that it has now, of the others one that has passed. */
function endsIn(model: ReferenceModel, { subject, refund }: Wanted) {
  if (refund === 0) return undefined
  const windows = Object.entries(model.records.get(subject)?.w ?? {})
  return Object.fromEntries(windows.map(([id, [end]], i) => [id, i % 2 === 0 ? end : end - 1]))
}

describe.each([
  ['the embedded store', 'embedded', true],
  [
    'a redis-server (skipped where none is installed)',
    'redis',
    Boolean(process.env.REDIS_URL) || findRedisServer() !== undefined,
  ],
] as const)('the script on %s', (_, choice, there) => {
  let engine: Engine
  beforeAll(async () => {
    if (there) engine = withScriptFlags(await chooseEngine(process.env.REDIS_URL, choice))
  })
  afterAll(() => engine?.stop())

  it.skipIf(!there)(
    `agrees with the reference model, ${RUNS} histories with clock jumps`,
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (plan) => {
          const model = new ReferenceModel()
          const records = recordsOf(engine)
          let clock = START
          for (const step of plan) {
            if (step.kind === 'setting') {
              await records.change(step.subject, step.change)
              const kept = model.records.get(step.subject) ?? { w: {} }
              model.records.set(step.subject, { ...kept, ...step.change })
              continue
            }
            if (step.kind === 'revocation') {
              await records.revoke(step.subject, step.id, step.exp, clock)
              model.revoke(step.subject, step.id, step.exp, clock)
              continue
            }
            clock += step.step
            const accounts = step.accounts.map((wanted) => ({
              ...wanted,
              ends: endsIn(model, wanted),
            }))
            expect(await records.judge(accounts, clock)).toEqual(model.judge(accounts, clock))
          }
        }),
        { numRuns: RUNS, seed: 3 },
      )
    },
    60_000,
  )
})
