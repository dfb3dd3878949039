import { describe, expect, it } from 'vitest'
import { operatedGateway, strangers } from '../support/operator.ts'

const FREE = {
  LIMITS: '{"ip":{"minute":100000},"tiers":{"free":{"minute":40,"hour":null,"month":null}}}',
}

/** A busy user of one isolate, and an operator who is served by another. */
async function busyUser(requests: number) {
  const [here, there] = await Promise.all([operatedGateway(FREE), operatedGateway(FREE)])
  const { user, sub, from } = strangers()
  let token = await here.mint({ subject: sub })
  const ask = (headers: Readonly<Record<string, string>> = {}) =>
    here.get('/tunnels', { token, from, headers })
  for (let i = 0; i < requests; i += 1) {
    here.pass(50)
    await ask()
  }
  const twoSeconds = () => here.pass(2_000)
  async function logIn() {
    token = await here.mint({ subject: sub })
  }
  return {
    operator: there,
    user,
    from,
    ask,
    twoSeconds,
    logIn,
    sources: sourcesOf(here.records),
    exemptions: () => here.records.map(({ exemption }) => exemption),
    token: () => token,
    verifications: here.keyLookups,
  }
}

function claimsOf(token: string) {
  const [, payload = ''] = token.split('.')
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
}

function sourcesOf(records: readonly Record<string, unknown>[]) {
  return () => records.map(({ counted }) => counted)
}

describe('what an operator changes is felt two seconds later', () => {
  it('in spite of a lease: a block of a user, and its end', async () => {
    const { operator, user, ask, twoSeconds, sources } = await busyUser(20)
    expect(sources()).toContain('lease')
    await operator.change(user, { blockSeconds: 600 })
    twoSeconds()

    const blocked = await ask()
    await operator.change(user, { blockedUntil: null })
    twoSeconds()
    const after = await ask()

    expect(blocked.error.code).toBe('RATE_LIMIT_EXCEEDED_USER')
    expect(blocked.error.details?.reason).toBe('blocked')
    expect(after.status).toBe(200)
  })

  it('a block of an address, for whoever comes from there', async () => {
    const { operator, from, ask, twoSeconds } = await busyUser(20)
    await operator.change(`ip:${from}`, { blockSeconds: 600 })
    twoSeconds()

    const { error } = await ask()

    expect([error.code, error.details?.reason]).toEqual(['RATE_LIMIT_EXCEEDED_IP', 'blocked'])
  })

  it('a lower limit', async () => {
    const { operator, user, ask, twoSeconds } = await busyUser(20)
    await operator.change(user, { limits: { minute: 5 } })
    twoSeconds()
    // The first request brings home what is left of a lease, which may carry it.
    await ask()

    const answer = await ask()

    expect(answer.error.code).toBe('RATE_LIMIT_EXCEEDED_USER')
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('5')
  })

  it('a higher limit, by a user who was refused a moment ago', async () => {
    const { operator, user, ask, twoSeconds } = await busyUser(41)
    const before = await ask()
    await operator.change(user, { limits: { minute: 100 } })
    twoSeconds()

    const answer = await ask()

    expect([before.status, answer.status]).toEqual([429, 200])
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('100')
  })

  it('a reset', async () => {
    const { operator, user, ask, twoSeconds } = await busyUser(41)
    const before = await ask()
    await operator.change(user, { reset: true })
    twoSeconds()

    const answer = await ask()

    expect([before.status, answer.status]).toEqual([429, 200])
    expect(answer.headers.get('X-RateLimit-Remaining')).toBe('39')
  })

  it('an exemption, by a user who was refused a moment ago, and its end', async () => {
    const { operator, user, ask, twoSeconds } = await busyUser(41)
    const before = await ask()
    await operator.change(user, { exemptSeconds: 600 })
    twoSeconds()

    const exempt = []
    for (let i = 0; i < 60; i += 1) exempt.push(await ask())
    await operator.change(user, { exemptUntil: null })
    twoSeconds()
    const after = await ask()

    expect(before.status).toBe(429)
    expect(before.headers.get('X-RateLimit-Exempt')).toBeNull()
    expect(new Set(exempt.map(({ status }) => status))).toEqual(new Set([200]))
    expect(exempt[59]?.headers.get('X-RateLimit-Exempt')).toBe('true')
    expect(exempt[59]?.headers.get('X-RateLimit-Exempt-Rule')).toBe('operator')
    // The address's: what refuses nobody is not shown.
    expect(exempt[59]?.headers.get('X-RateLimit-Limit')).toBe('50000')
    expect(after.error.code).toBe('RATE_LIMIT_EXCEEDED_USER')
    expect(after.headers.get('X-RateLimit-Exempt')).toBeNull()
  })

  it('an exemption, by who claims it', async () => {
    const { operator, user, ask, twoSeconds } = await busyUser(1)
    const claim = { 'X-RateLimit-Exempt': 'operator' }
    const before = await ask(claim)
    await operator.change(user, { exemptSeconds: 600 })
    twoSeconds()

    const during = await ask(claim)
    await operator.change(user, { exemptUntil: null })
    twoSeconds()
    const after = await ask(claim)

    expect(before.error.code).toBe('RATE_LIMIT_EXEMPTION_DENIED')
    expect(during.status).toBe(200)
    expect(after.error.code).toBe('RATE_LIMIT_EXEMPTION_DENIED')
  })

  it('an exemption of a busy user, from its leases too', async () => {
    const { operator, user, ask, twoSeconds, sources, exemptions } = await busyUser(20)
    await operator.change(user, { exemptSeconds: 600 })
    twoSeconds()
    const already = sources().length

    const answers = []
    for (let i = 0; i < 100; i += 1) answers.push(await ask())

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(
      sources()
        .slice(already)
        .filter((source) => source === 'lease').length,
    ).toBeGreaterThan(80)
    expect(new Set(exemptions().slice(already))).toEqual(new Set(['operator']))
  })

  it('the revocation of one token, by its user’s other tokens not at all', async () => {
    const { operator, user, ask, twoSeconds, logIn, token } = await busyUser(20)
    const { iat, exp } = claimsOf(token())
    await operator.change(user, { revokeToken: { iat, exp } })
    twoSeconds()

    const revoked = await ask()
    await logIn()
    const after = await ask()

    expect([revoked.status, revoked.error.code]).toEqual([401, 'AUTH_REQUIRED'])
    expect(revoked.error.details?.reason).toBe('revoked')
    expect(after.status).toBe(200)
  })

  it('a revocation, until the user logs in again', async () => {
    const { operator, user, ask, twoSeconds, logIn, verifications } = await busyUser(20)
    operator.pass(1_000)
    await operator.change(user, { notBefore: 'now' })
    twoSeconds()

    const revoked = await ask()
    // The token was still remembered as a good one: it is not the signature that has ceased to hold.
    expect(verifications()).toBe(1)
    await logIn()
    const after = await ask()

    expect([revoked.status, revoked.error.code]).toEqual([401, 'AUTH_REQUIRED'])
    expect(revoked.error.details?.reason).toBe('revoked')
    expect(after.status).toBe(200)
  })
})
