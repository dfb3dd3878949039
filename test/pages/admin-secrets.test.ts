import { describe, expect, it } from 'vitest'
import { base64url, operatedGateway, strangers } from '../support/operator.ts'
import { ISSUER } from '../support/tokens.ts'

const API_KEY = 'ctll_0123456789abcdef'
const SUBJECTS = '/_gateway/admin/subjects'
const JSON_TYPE = { 'Content-Type': 'application/json' }

type Gateway = Awaited<ReturnType<typeof operatedGateway>>
type Field = (gateway: Gateway, secret: string) => Promise<unknown>

const changing =
  (body: (secret: string) => unknown): Field =>
  (gateway, secret) =>
    gateway.change(strangers().user, body(secret))

/** Every place where an operator can write something, with a harmless change beside it. */
const FIELDS: readonly (readonly [string, Field])[] = [
  ['the subject', (gateway, secret) => gateway.change(`user:${ISSUER}|${secret}`, { reset: true })],
  ['the issuer', (gateway, secret) => gateway.change(`user:${secret}|alice`, { reset: true })],
  ['the path', (gateway, secret) => gateway.operate(`${SUBJECTS}/key:${secret}`)],
  [
    'a query',
    (gateway, secret) => gateway.operate(`${SUBJECTS}?state=${secret}&access_token=${secret}`),
  ],
  [
    'the correlation id',
    (gateway, secret) =>
      gateway.change(strangers().user, { reset: true }, { 'X-Correlation-ID': secret }),
  ],
  [
    'the correlation id, behind a word',
    (gateway, secret) =>
      gateway.change(strangers().user, { reset: true }, { 'X-Correlation-ID': `token:${secret}` }),
  ],
  [
    'the request id',
    (gateway, secret) =>
      gateway.change(strangers().user, { reset: true }, { 'X-Request-ID': secret }),
  ],
  [
    'the trace',
    (gateway, secret) =>
      gateway.change(
        strangers().user,
        { reset: true },
        { traceparent: secret, tracestate: `a=${secret}` },
      ),
  ],
  ['jti', changing((jti) => ({ revokeToken: { jti, exp: 1_795_356_000 } }))],
  ['sid', changing((sid) => ({ revokeToken: { sid, exp: 1_795_356_000 } }))],
  ['iat', changing((iat) => ({ revokeToken: { iat, exp: 1_795_356_000 } }))],
  ['exp', changing((exp) => ({ revokeToken: { jti: 'a', exp } }))],
  ['another claim', changing((raw) => ({ revokeToken: { jti: 'a', exp: 1_795_356_000, raw } }))],
  ['the token', changing((revokeToken) => ({ revokeToken }))],
  ['a window', changing((name) => ({ limits: { [name]: 5 } }))],
  ['a window to be taken away', changing((name) => ({ limits: { [`${name}:60`]: null } }))],
  ['a limit', changing((minute) => ({ limits: { minute } }))],
  ['the end of a block', changing((blockedUntil) => ({ blockedUntil, reset: true }))],
  ['the end of an exemption', changing((exemptUntil) => ({ exemptUntil, reset: true }))],
  ['notBefore', changing((notBefore) => ({ notBefore, reset: true }))],
  ['a field that there is not', changing((token) => ({ token, reset: true }))],
  ['a field’s name', changing((name) => ({ [name]: true, reset: true }))],
  ['a member named twice', changing((name) => `{"${name}":1,"${name}":1,"reset":true}`)],
  ['no JSON', changing((secret) => secret)],
]

describe('a credential that an operator puts into the wrong field', () => {
  it.each(FIELDS)('is in neither trail, list nor log: %s', async (_, put) => {
    const gateway = await operatedGateway()
    const token = await gateway.mint({ subject: 'auth0|victim' })
    // As short as a token can be that anybody would sign.
    const short = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.zStWbqGdDZ9YbhEAfIZ1T4tN0RR7c1Kc1JBZ2mFo5jY'
    for (const secret of [token, short, API_KEY]) await put(gateway, secret)

    const trail = await gateway.operate('/_gateway/admin/audit?limit=1000')
    const list = await gateway.operate(`${SUBJECTS}?limit=1000`)

    expect([trail.status, list.status]).toEqual([200, 200])
    const told = [trail.text, list.text, JSON.stringify(gateway.records)].join()
    const found = [token, short, API_KEY].filter((secret) => told.includes(secret))
    expect(found).toEqual([])
    // Nor any part of one that could be put together again.
    expect(told).not.toContain(token.split('.')[2])
  })

  it('is not what an operator comes with', async () => {
    const gateway = await operatedGateway()
    const token = await gateway.mint({ roles: ['super_admin'] })
    const { user } = strangers()
    await gateway.ask(`${SUBJECTS}/${base64url(user)}`, {
      method: 'PATCH',
      token,
      headers: JSON_TYPE,
      body: '{"limits":{"minute":5}}',
    })

    const { text } = await gateway.operate('/_gateway/admin/audit?limit=1000')

    expect(text).toContain(user)
    expect(text + JSON.stringify(gateway.records)).not.toContain(token.split('.')[2])
  })
})
