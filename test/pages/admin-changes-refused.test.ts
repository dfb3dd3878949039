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
    [
      'an unknown window',
      { limits: { fortnight: 5 } },
      /^limits: .* no window "fortnight"; it has/,
    ],
    [
      'a window it does not have',
      { limits: { day: 5 } },
      /no window "day"; it has minute, hour, month, /,
    ],
    ['another kind’s window', { limits: { 'token:900': 5 } }, /no window "token:900"/],
    ['a hidden window', '{"limits":{"__proto__":5}}', /no window "__proto__"/],
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
    ['a past exemption', { exemptUntil: '2026-11-22T12:00:00Z' }, 'exemptUntil: is in the past'],
    ['a far exemption', { exemptUntil: '2037-01-01T00:00:00Z' }, 'exemptUntil: is too far away'],
    ['a word for an exemption', { exemptUntil: 'ever' }, /^exemptUntil: must be a time in UTC/],
    ['no exempt seconds', { exemptSeconds: 0 }, /^exemptSeconds: must be a whole number from 1 to/],
    ['exempt seconds as text', { exemptSeconds: '60' }, /^exemptSeconds: must be a whole number/],
    [
      'two exemptions',
      { exemptSeconds: 5, exemptUntil: null },
      'exemptUntil and exemptSeconds exclude each other',
    ],
    ['a future revocation', { notBefore: '2026-11-22T12:00:01Z' }, 'notBefore: is in the future'],
    ['a word for a time', { notBefore: 'today' }, /^notBefore: must be null, "now", or a time/],
    ['a token of no name', { revokeToken: { exp: SOON } }, 'revokeToken: needs jti, sid or iat'],
    ['a token without end', { revokeToken: { jti: 'a' } }, 'revokeToken.exp: is missing'],
    ['a text for an end', { revokeToken: { jti: 'a', exp: '1' } }, /^revokeToken\.exp: must be/],
    ['an ended token', { revokeToken: { jti: 'a', exp: 1 } }, 'revokeToken.exp: is in the past'],
    ['an endless token', { revokeToken: { jti: 'a', exp: 1e12 } }, /^revokeToken\.exp: is too far/],
    ['an empty name', { revokeToken: { jti: '', exp: SOON } }, 'revokeToken.jti: must be text'],
    ['a number for a name', { revokeToken: { sid: 7, exp: SOON } }, /^revokeToken\.sid: must be/],
    ['a time for an iat', { revokeToken: { iat: '1', exp: SOON } }, /^revokeToken\.iat: must be/],
    ['another claim', { revokeToken: { jti: 'a', exp: SOON, sub: 'b' } }, /^revokeToken\.sub: unk/],
    ['a whole token', { revokeToken: 'eyJ' }, /^revokeToken: must be the token's exp and its jti/],
    ['an infinite end', '{"revokeToken":{"jti":"a","exp":1e999}}', /^revokeToken\.exp: must be/],
    [
      'an infinite iat',
      `{"revokeToken":{"iat":1e999,"exp":${SOON}}}`,
      /^revokeToken\.iat: must be/,
    ],
    ['infinite seconds', '{"blockSeconds":1e999}', /^blockSeconds: must be a whole number/],
    ['minus nothing', '{"blockSeconds":-0}', /^blockSeconds: must be a whole number/],
    ['an infinite limit', '{"limits":{"minute":1e999}}', /^limits\.minute: must be null or a/],
    ['a list of seconds', { blockSeconds: [5] }, /^blockSeconds: must be a whole number/],
    ['a nested window', { limits: { minute: { limit: 5 } } }, /^limits\.minute: must be null/],
    ['a list for a token', { revokeToken: [] }, 'revokeToken.exp: is missing'],
    ['no token', { revokeToken: null }, /^revokeToken: must be the token's exp and its jti/],
    ['a field twice', '{"blockSeconds":5,"blockSeconds":5}', 'blockSeconds: is named twice'],
    [
      'a field twice in two spellings',
      '{"reset":true,"re\\u0073et":true}',
      'reset: is named twice',
    ],
    ['a window’s name twice', '{"limits":{"hour":5,"hour":6}}', 'limits.hour: is named twice'],
    [
      'a claim twice',
      `{"revokeToken":{"jti":"a","jti":"b","exp":${SOON}}}`,
      'revokeToken.jti: is named twice',
    ],
    ['no reset', { reset: false }, 'reset: must be true'],
  ])('names %s', async (_, body, problem) => {
    const gateway = await operatedGateway()
    const { user } = strangers()

    const answer = await gateway.change(user, body)

    expect(answer.error.code).toBe('VALIDATION_ERROR')
    expect(answer.error.details?.problems).toEqual([expect.stringMatching(problem)])
    expect(await gateway.read(user)).toMatchObject({ exists: false })
  })

  it.each([
    [
      'of a user',
      strangers().user,
      {
        foo: 1,
        bar: 2,
        limits: { minute: 0, fortnight: 1, hour: 5, day: 2, 'bridgePoll:minute': 'many' },
        notBefore: 'yesterday',
        blockSeconds: -1,
        blockedUntil: '2026-11-22T11:00:00Z',
        revokeToken: { jti: '', exp: 1, sub: 'a', aud: 'b' },
        reset: 1,
      },
      [
        'foo: unknown field',
        'bar: unknown field',
        'revokeToken.sub: unknown field',
        'revokeToken.aud: unknown field',
        'blockSeconds: must be a whole number from 1 to 315360000',
        'notBefore: must be null, "now", or a time in UTC',
        'revokeToken.jti: must be text',
        'reset: must be true',
        'limits.minute: must be null or a whole number from 1 to 1000000000',
        'limits.bridgePoll:minute: must be null or a whole number from 1 to 1000000000',
        'limits: the subject has no window "fortnight", "day"; it has minute, hour, month, ' +
          'apiKeys:hour, bridgeRegister:900, bridgePoll:minute, bridgeHeartbeat:minute, ' +
          'bridgeProviderStatus:minute, adminRead:minute, admin:minute, adminExpensive:minute, ' +
          'adminCritical:hour',
        'blockedUntil and blockSeconds exclude each other',
        'blockedUntil: is in the past',
        'revokeToken.exp: is in the past',
      ],
    ],
    [
      'of an address',
      'ip:192.0.2.1',
      { notBefore: 'later', revokeToken: {}, limits: { minute: 5 }, blockSeconds: 60 },
      [
        'notBefore: must be null, "now", or a time in UTC',
        'revokeToken.exp: is missing',
        'notBefore: only a user has tokens to revoke',
        'revokeToken: only a user has tokens to revoke',
        'revokeToken: needs jti, sid or iat',
      ],
    ],
  ])('is told everything that is wrong at once: %s', async (_, subject, body, problems) => {
    const gateway = await operatedGateway()

    const answer = await gateway.change(subject, body)

    expect(answer.error.details?.problems).toEqual(problems)
    expect(await gateway.read(subject)).toMatchObject({ exists: false })
  })

  it('is told no more than 20 sentences', async () => {
    const gateway = await operatedGateway()
    const fields = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`no${i}`, 5]))

    const answer = await gateway.change('ip:192.0.2.1', fields)

    expect(answer.error.details?.problems).toHaveLength(20)
  })

  it.each([
    ['text', '{"reset":true}', 'text/plain', 'VALIDATION_ERROR'],
    ['a form', 'reset=true', 'application/x-www-form-urlencoded', 'VALIDATION_ERROR'],
    ['parts', '{"reset":true}', 'multipart/form-data; boundary=x', 'VALIDATION_ERROR'],
    ['nothing in particular', '{"reset":true}', '', 'VALIDATION_ERROR'],
    ['two types', '{"reset":true}', 'application/json, text/plain', 'VALIDATION_ERROR'],
    ['another kind of JSON', '{"reset":true}', 'application/merge-patch+json', 'VALIDATION_ERROR'],
    ['not a number', '{"blockSeconds":NaN}', 'application/json', 'INVALID_JSON'],
    ['infinity', '{"blockSeconds":Infinity}', 'application/json', 'INVALID_JSON'],
    ['a hexadecimal', '{"blockSeconds":0x10}', 'application/json', 'INVALID_JSON'],
    ['two values', '{"reset":true}{"reset":true}', 'application/json', 'INVALID_JSON'],
    ['a comment', '{"reset":true /* all */}', 'application/json', 'INVALID_JSON'],
    ['a comma too many', '{"reset":true,}', 'application/json', 'INVALID_JSON'],
    ['another charset', '{"reset":true}', 'application/json; charset=utf-16', 'VALIDATION_ERROR'],
    ['broken JSON', '{"reset":true', 'application/json', 'INVALID_JSON'],
    ['an empty body', '', 'application/json', 'INVALID_JSON'],
    ['over 16 KB', `{"reset":true${' '.repeat(16_384)}}`, 'application/json', 'VALIDATION_ERROR'],
  ])('comes as %s', async (_, body, type, code) => {
    const gateway = await operatedGateway()

    const answer = await gateway.change('ip:192.0.2.1', body, { 'Content-Type': type })

    expect(answer.error.code).toBe(code)
    expect(answer.error.details?.problems).toBeUndefined()
    expect(answer.error.details?.reason).toEqual(expect.any(String))
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
