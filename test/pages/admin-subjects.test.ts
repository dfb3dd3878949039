import { describe, expect, it } from 'vitest'
import { START, testGateway } from '../support/gateway.ts'
import { base64url, operatedGateway, strangers } from '../support/operator.ts'
import { ISSUER } from '../support/tokens.ts'

const SUBJECTS = '/_gateway/admin/subjects'
const ADDRESS = `${SUBJECTS}/ip:192.0.2.1`
const HASH = 'ab'.repeat(32)

describe('who may look at a subject', () => {
  it.each([
    ['nobody', undefined, 'MISSING_TOKEN', undefined],
    ['a user', [], 'ADMIN_REQUIRED', { requiredRole: 'admin' }],
    ['an admin', ['admin'], 'INSUFFICIENT_PERMISSIONS', { required: ['manage_subjects'] }],
    ['a support admin', ['support_admin'], 'INSUFFICIENT_PERMISSIONS', expect.anything()],
  ] as const)('is not %s', async (_, roles, code, details) => {
    const gateway = await operatedGateway()
    const token = roles && (await gateway.mint({ roles }))
    const body = { body: '{"reset":true}', headers: { 'Content-Type': 'application/json' } }

    const answers = [
      await gateway.get(ADDRESS, { token }),
      await gateway.ask(ADDRESS, { method: 'PATCH', token, ...body }),
      await gateway.get('/_gateway/admin/audit', { token }),
    ]

    expect(answers.map(({ error }) => error.code)).toEqual([code, code, code])
    expect(answers[1]?.error.details).toEqual(details)
  })

  it('is no API key', async () => {
    const gateway = await testGateway()

    const answer = await gateway.get(ADDRESS, { headers: { 'X-API-Key': 'ctll_12345678' } })

    expect(answer.error.code).toBe('INVALID_TOKEN_FORMAT')
  })

  it.each([
    ['POST', SUBJECTS],
    ['PUT', ADDRESS],
    ['DELETE', ADDRESS],
    ['POST', '/_gateway/admin/audit'],
  ])('knows no %s %s', async (method, path) => {
    const gateway = await operatedGateway()
    const token = await gateway.mint({ roles: ['super_admin'] })

    expect((await gateway.ask(path, { method, token })).error.code).toBe('NOT_FOUND')
  })

  it('hears CACHE_UNAVAILABLE while the store is away', async () => {
    const gateway = await testGateway()
    const token = await gateway.mint({ roles: ['super_admin'] })
    const body = { body: '{"reset":true}', headers: { 'Content-Type': 'application/json' } }

    const answers = [
      await gateway.get(ADDRESS, { token }),
      await gateway.ask(ADDRESS, { method: 'PATCH', token, ...body }),
      await gateway.get('/_gateway/admin/audit', { token }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
    expect(answers.map(({ error }) => error.code)).toEqual(Array(3).fill('CACHE_UNAVAILABLE'))
    expect(answers[1]?.headers.get('Retry-After')).toBe('5')
  })
})

describe('the name of a subject in the path', () => {
  it.each([
    ['an IPv4 address', 'ip:192.0.2.1', 'ip:192.0.2.1'],
    ['any address of an IPv6 network', 'ip:2001:DB8::1:0:0:0:9', 'ip:2001:db8:0:1::/64'],
    ['a mapped address', 'ip:::ffff:192.0.2.1', 'ip:192.0.2.1'],
    ['the address nobody knows', 'ip:unknown', 'ip:unknown'],
    ['a key', `key:${HASH}`, `key:${HASH}`],
    ['with escapes', 'ip%3A192.0.2.1', 'ip:192.0.2.1'],
    ['a user whose issuer has no slash', 'user:urn:us%7Cauth0%7Calice', 'user:urn:us|auth0|alice'],
    ['a user', base64url(`user:${ISSUER}|auth0|alice`), `user:${ISSUER}|auth0|alice`],
    ['a user of another script', base64url('user:x|пользо 🚀\n'), 'user:x|пользо 🚀\n'],
    ['a network', base64url('ip:2001:db8:1:2::/64'), 'ip:2001:db8:1:2::/64'],
    ['with a slash at the end', 'ip:192.0.2.1/', 'ip:192.0.2.1'],
  ])('%s', async (_, segment, subject) => {
    const gateway = await operatedGateway()

    const answer = await gateway.operate(`${SUBJECTS}/${segment}`)

    expect(JSON.parse(answer.text).subject).toBe(subject)
  })

  it.each([
    ['an address that is none', 'ip:192.0.2.256'],
    ['an address with a port', 'ip:192.0.2.1:80'],
    ['an address with another length', base64url('ip:2001:db8::/48')],
    ['a key instead of its hash', 'key:ctll_12345678'],
    ['a user without issuer', 'user:alice'],
    ['a user without sub', 'user:urn:x%7C'],
    ['another kind', 'audit:1'],
    ['text without a kind', base64url('alice')],
    ['no base64url', 'al!ce'],
    ['no UTF-8', 'dXNlcjp4fP8'],
  ])('is refused when it is %s', async (_, segment) => {
    const gateway = await operatedGateway()

    const answer = await gateway.operate(`${SUBJECTS}/${segment}`)

    expect(answer.error.code).toBe('INVALID_PARAMETER')
    expect(answer.error.details?.parameter).toBe('subject')
  })

  it('has no encoded slash, like every path', async () => {
    const gateway = await operatedGateway()

    const answer = await gateway.operate(`${SUBJECTS}/user:https:%2F%2Fissuer.test%7Calice`)

    expect(answer.error.code).toBe('VALIDATION_ERROR')
  })
})

describe('the record', () => {
  it('of a subject that never came is empty', async () => {
    const gateway = await operatedGateway()
    const { user } = strangers()

    expect(await gateway.read(user)).toEqual({
      subject: user,
      exists: false,
      windows: [],
      limits: {},
      notBefore: null,
      revokedTokens: [],
      blockedUntil: null,
      exemptUntil: null,
      expiresAt: null,
    })
  })

  it('of one that came shows what was counted until when', async () => {
    const gateway = await operatedGateway()
    const { user, sub, from } = strangers()
    await gateway.get('/tunnels', { token: await gateway.mint({ subject: sub }), from })

    const record = await gateway.read(user)

    const resetAt = '2026-11-22T12:01:00.000Z'
    const resetAtSeconds = Date.parse(resetAt) / 1000
    expect(record.exists).toBe(true)
    expect(record.windows).toContainEqual({ id: '60', count: 1, resetAt, resetAtSeconds })
    expect(record.windows.map(({ id }: { id: string }) => id).sort()).toEqual([
      '2592000',
      '3600',
      '60',
    ])
    // The store's clock is the machine's, not the test's.
    expect(Date.parse(record.expiresAt)).toBeGreaterThan(START + 29 * 86_400_000)
  })

  it('no longer shows what has ended', async () => {
    const gateway = await operatedGateway({ LIMITS: '{"ip":{"hour":null}}' })
    const { from } = strangers()
    await gateway.get('/health', { from })
    await gateway.change(`ip:${from}`, { blockSeconds: 30, exemptSeconds: 30 })
    gateway.pass(60_000)

    const record = await gateway.read(`ip:${from}`)

    expect([record.windows, record.blockedUntil, record.exemptUntil]).toEqual([[], null, null])
  })

  it('is kept out of caches, and its subject out of the log', async () => {
    const gateway = await operatedGateway()
    const { user, sub } = strangers()

    const answer = await gateway.change(user, { reset: true })

    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('100')
    expect(JSON.stringify(gateway.records)).not.toContain(sub)
  })
})

describe('a change', () => {
  it.each([
    ['a limit by name', { limits: { minute: 5 } }, { limits: { '60': 5 } }],
    ['a limit by seconds', { limits: { '3600': 5 } }, { limits: { '3600': 5 } }],
    [
      'a limit of a route',
      { limits: { 'bridgePoll:minute': 5 } },
      { limits: { 'bridgePoll:60': 5 } },
    ],
    [
      'a block until a time',
      { blockedUntil: '2026-11-23T00:00:00Z' },
      { blockedUntil: '2026-11-23T00:00:00.000Z' },
    ],
    ['a block for seconds', { blockSeconds: 90 }, { blockedUntil: '2026-11-22T12:01:30.000Z' }],
    [
      'an exemption until a time',
      { exemptUntil: '2026-11-23T00:00:00Z' },
      { exemptUntil: '2026-11-23T00:00:00.000Z' },
    ],
    [
      'an exemption for seconds',
      { exemptSeconds: 90 },
      { exemptUntil: '2026-11-22T12:01:30.000Z' },
    ],
    [
      'a revocation up to a time',
      { notBefore: '2026-11-01T00:00:00.001Z' },
      { notBefore: '2026-11-01T00:00:01.000Z' },
    ],
    ['a revocation up to now', { notBefore: 'now' }, { notBefore: '2026-11-22T12:00:01.000Z' }],
    [
      'a token by its jti',
      { revokeToken: { jti: 'one', sid: 's', iat: 1_795_000_000, exp: 1_795_355_999.5 } },
      { revokedTokens: [{ id: 'j:one', expiresAt: '2026-11-22T14:00:00.000Z' }] },
    ],
    [
      'a token by its session',
      { revokeToken: { sid: 's', exp: 1_795_356_000 } },
      { revokedTokens: [{ id: 's:s', expiresAt: '2026-11-22T14:00:00.000Z' }] },
    ],
    [
      'a token by its iat',
      { revokeToken: { iat: 1_795_000_000, exp: 1_795_356_000 } },
      { revokedTokens: [{ id: 'i:1795000000', expiresAt: '2026-11-22T14:00:00.000Z' }] },
    ],
  ])('sets %s', async (_, body, expected) => {
    const gateway = await operatedGateway()
    const { user } = strangers()

    const answer = await gateway.change(user, body)

    const record = JSON.parse(answer.text)
    expect(answer.status).toBe(200)
    expect(record).toMatchObject({ subject: user, exists: true, ...expected })
    expect({ ...(await gateway.read(user)), expiresAt: 0 }).toEqual({ ...record, expiresAt: 0 })
  })

  it('takes away what is null and leaves the rest', async () => {
    const gateway = await operatedGateway()
    const { user } = strangers()
    const limits = { minute: 5, hour: 50 }
    await gateway.change(user, { limits, blockSeconds: 90, exemptSeconds: 90, notBefore: 'now' })

    const answer = await gateway.change(user, {
      limits: { minute: null },
      blockedUntil: null,
      exemptUntil: null,
      notBefore: null,
    })

    expect(JSON.parse(answer.text)).toMatchObject({
      limits: { '3600': 50 },
      notBefore: null,
      blockedUntil: null,
      exemptUntil: null,
    })
  })

  it('no longer shows a revoked token that has ended', async () => {
    const gateway = await operatedGateway()
    const { user } = strangers()
    await gateway.change(user, { revokeToken: { jti: 'one', exp: START / 1000 + 60 } })
    gateway.pass(60_000)

    expect(await gateway.read(user)).toMatchObject({ exists: true, revokedTokens: [] })
  })

  it('takes away a limit whose window the settings no longer have', async () => {
    const gateway = await operatedGateway()
    const { user } = strangers()

    expect((await gateway.change(user, { limits: { day: null } })).status).toBe(200)
  })
})
