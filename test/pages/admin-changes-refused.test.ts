import { describe, expect, it } from 'vitest'
import { operatedGateway, strangers } from '../support/operator.ts'

const SOON = 1_795_356_000

describe('a change that is refused', () => {
  it.each([
    ['nothing', {}, 'the body names nothing to change'],
    ['no limits', { limits: {} }, 'the body names nothing to change'],
    ['a list', [], 'the body must be an object'],
    ['null', 'null', 'the body must be an object'],
    ['an unknown field', { reset: true, tier: 'free' }, 'tier: unknown field'],
    ['a hidden field', '{"__proto__":{"reset":true}}', '__proto__: unknown field'],
    ['limits as a list', { limits: [5] }, 'limits: must be an object of limits by window'],
    ['an unknown window', { limits: { fortnight: 5 } }, /^limits\.fortnight: .* no such window/],
    ['a window it does not have', { limits: { day: 5 } }, /has 60, 3600, 2592000, /],
    ['another kind’s window', { limits: { 'token:900': 5 } }, /no such window/],
    ['a hidden window', '{"limits":{"__proto__":5}}', /^limits\.__proto__: .* no such window/],
    [
      'a window twice',
      { limits: { minute: 5, '60': 6 } },
      'limits.minute: the window is named twice',
    ],
    ['a limit of 0', { limits: { minute: 0 } }, /^limits\.minute: must be null or a whole/],
    ['half a limit', { limits: { minute: 1.5 } }, /^limits\.minute: must be null or a whole/],
    ['a limit as text', { limits: { minute: '5' } }, /^limits\.minute: must be null or a whole/],
    ['an absurd limit', { limits: { minute: 1e10 } }, /^limits\.minute: must be null or a whole/],
    ['a past block', { blockedUntil: '2026-11-22T12:00:00Z' }, 'blockedUntil: is in the past'],
    ['a far block', { blockedUntil: '2037-01-01T00:00:00Z' }, 'blockedUntil: is too far away'],
    ['no day', { blockedUntil: '2027-02-31T00:00:00Z' }, /^blockedUntil: must be a time in UTC/],
    ['a day', { blockedUntil: '2027-02-01' }, /^blockedUntil: must be a time in UTC/],
    ['a time elsewhere', { blockedUntil: '2027-02-01T00:00:00+01:00' }, /^blockedUntil: must/],
    [
      'a number for a time',
      { blockedUntil: 1_800_000_000 },
      /^blockedUntil: must be a time in UTC/,
    ],
    ['no seconds', { blockSeconds: 0 }, /^blockSeconds: must be a whole number from 1 to/],
    ['endless seconds', { blockSeconds: 1e9 }, /^blockSeconds: must be a whole number from 1 to/],
    [
      'two blocks',
      { blockSeconds: 5, blockedUntil: null },
      'blockedUntil and blockSeconds exclude each other',
    ],
    ['a future revocation', { notBefore: '2026-11-22T12:00:01Z' }, 'notBefore: is in the future'],
    ['a word for a time', { notBefore: 'today' }, /^notBefore: must be null, "now", or a time/],
    ['a token of no name', { revokeToken: { exp: SOON } }, 'revokeToken: needs jti, sid or iat'],
    [
      'a token without end',
      { revokeToken: { jti: 'a' } },
      /^revokeToken\.exp: must be the token's exp/,
    ],
    ['an ended token', { revokeToken: { jti: 'a', exp: 1 } }, 'revokeToken.exp: is in the past'],
    ['an endless token', { revokeToken: { jti: 'a', exp: 1e12 } }, /^revokeToken\.exp: is too far/],
    ['an empty name', { revokeToken: { jti: '', exp: SOON } }, 'revokeToken.jti: must be text'],
    ['a number for a name', { revokeToken: { sid: 7, exp: SOON } }, /^revokeToken\.sid: must be/],
    ['a time for an iat', { revokeToken: { iat: '1', exp: SOON } }, /^revokeToken\.iat: must be/],
    ['another claim', { revokeToken: { jti: 'a', exp: SOON, sub: 'b' } }, /^revokeToken\.sub: unk/],
    ['a whole token', { revokeToken: 'eyJ' }, /^revokeToken: must be the token's exp and its jti/],
    ['no reset', { reset: false }, 'reset: must be true'],
  ])('names %s', async (_, body, problem) => {
    const gateway = await operatedGateway()
    const { user } = strangers()

    const answer = await gateway.change(user, body)

    expect(answer.error.code).toBe('VALIDATION_ERROR')
    expect(answer.error.details?.problems).toEqual([expect.stringMatching(problem)])
    expect(await gateway.read(user)).toMatchObject({ exists: false })
  })

  it('is told everything that is wrong, up to 20 sentences', async () => {
    const gateway = await operatedGateway()
    const windows = Array.from({ length: 30 }, (_, i) => [`no${i}`, 5])

    const some = await gateway.change('ip:192.0.2.1', { limits: { x: 1 }, notBefore: 'now' })
    const token = await gateway.change('ip:192.0.2.1', { revokeToken: { jti: 'a', exp: SOON } })
    const many = await gateway.change('ip:192.0.2.1', { limits: Object.fromEntries(windows) })

    expect(some.error.details?.problems).toEqual([
      'limits.x: the subject has no such window; it has ' +
        '60, 3600, token:900, apiKeys:3600, bridgeRegister:900, bridgePoll:60, bridgeHeartbeat:60, ' +
        'bridgeProviderStatus:60, adminRead:60, admin:60, adminExpensive:60, adminCritical:3600',
      'notBefore: only a user has tokens to revoke',
    ])
    expect(token.error.details?.problems).toEqual(['revokeToken: only a user has tokens to revoke'])
    expect(many.error.details?.problems).toHaveLength(20)
  })

  it.each([
    ['text', '{"reset":true}', 'text/plain', 'VALIDATION_ERROR'],
    ['a form', 'reset=true', 'application/x-www-form-urlencoded', 'VALIDATION_ERROR'],
    ['another charset', '{"reset":true}', 'application/json; charset=utf-16', 'VALIDATION_ERROR'],
    ['broken JSON', '{"reset":true', 'application/json', 'INVALID_JSON'],
    ['an empty body', '', 'application/json', 'INVALID_JSON'],
    ['over 16 KB', `{"reset":true${' '.repeat(16_384)}}`, 'application/json', 'VALIDATION_ERROR'],
  ])('comes as %s', async (_, body, type, code) => {
    const gateway = await operatedGateway()

    const answer = await gateway.change('ip:192.0.2.1', body, { 'Content-Type': type })

    expect(answer.error.code).toBe(code)
    expect(answer.error.details?.problems).toBeUndefined()
  })

  it('is not one of exactly 16 KB with a charset', async () => {
    const gateway = await operatedGateway()
    const body = '{"reset":true}'.padEnd(16_384)

    const answer = await gateway.change(strangers().user, body, {
      'Content-Type': 'application/json; charset=utf-8',
    })

    expect(answer.status).toBe(200)
  })

  it('is one that shuts out whoever makes it', async () => {
    const gateway = await operatedGateway()
    const { subject, from } = gateway.self

    const answers = [
      await gateway.change(subject, { blockSeconds: 60 }),
      await gateway.change(`ip:${from}`, { blockSeconds: 60 }),
    ]

    const problems = answers.map(({ error }) => error.details?.problems)
    expect(problems).toEqual(Array(2).fill(['the block would shut you out yourself']))
  })
})
