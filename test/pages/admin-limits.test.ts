import { describe, expect, it } from 'vitest'
import { operatedGateway, strangers } from '../support/operator.ts'

const SETTINGS = { LIMITS: '{"routes":{"adminRead":{"minute":2},"admin":{"minute":2}}}' }
const AUDIT = '/_gateway/admin/audit'

describe('the limits of the operators’ API', () => {
  it('are 200 reads and 100 changes a minute', async () => {
    const gateway = await operatedGateway()

    const read = await gateway.operate(AUDIT)
    const change = await gateway.change(strangers().user, { reset: true })

    expect(read.headers.get('X-RateLimit-Limit')).toBe('200')
    expect(read.headers.get('X-RateLimit-Remaining')).toBe('199')
    expect(change.headers.get('X-RateLimit-Limit')).toBe('100')
    expect(change.headers.get('X-RateLimit-Remaining')).toBe('99')
  })

  it('refuse an operator’s third read, with numbers that are true', async () => {
    const gateway = await operatedGateway(SETTINGS)
    await gateway.operate(AUDIT)
    gateway.pass(10_000)
    await gateway.operate('/_gateway/admin/subjects')

    const { status, error, headers } = await gateway.operate(AUDIT)

    expect([status, error.code]).toEqual([429, 'RATE_LIMIT_EXCEEDED'])
    expect(error.details).toEqual({ retryAfter: 50 })
    expect(Object.fromEntries(headers)).toMatchObject({
      'retry-after': '50',
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String((gateway.now() + 50_000) / 1000),
      ratelimit: '"60s";r=0;t=50',
    })
    gateway.pass(50_000)
    expect((await gateway.operate(AUDIT)).status).toBe(200)
  })

  it('refuse the third change, which changes nothing and costs no read', async () => {
    const gateway = await operatedGateway(SETTINGS)
    const { user } = strangers()
    await gateway.change(user, { reset: true })
    await gateway.change(user, { reset: true })

    const { error } = await gateway.change(user, { blockSeconds: 60 })

    expect(error.code).toBe('RATE_LIMIT_EXCEEDED')
    expect(await gateway.read(user)).toMatchObject({ blockedUntil: null })
  })

  it('count a change that is refused for its body too', async () => {
    const gateway = await operatedGateway(SETTINGS)
    const { user } = strangers()
    for (const body of ['{', '{"tier":1}']) await gateway.change(user, body)

    expect((await gateway.change(user, { reset: true })).status).toBe(429)
  })

  it('are each operator’s own, wherever it comes from', async () => {
    const [one, other] = [await operatedGateway(SETTINGS), await operatedGateway(SETTINGS)]
    const sub = `auth0|${crypto.randomUUID()}`
    const roaming = await one.mint({ subject: sub, roles: ['super_admin'] })
    const from = () => strangers().from
    for (const _ of [1, 2]) await one.get(AUDIT, { token: roaming, from: from() })

    const elsewhere = await one.get(AUDIT, { token: roaming, from: from() })
    const another = await other.operate(AUDIT)

    expect([elsewhere.status, another.status]).toEqual([429, 200])
  })

  it('hold for an operator who is exempt', async () => {
    const gateway = await operatedGateway(SETTINGS)
    await gateway.change(gateway.self.subject, { exemptSeconds: 600 })
    gateway.pass(2_000)
    for (const _ of [1, 2]) await gateway.operate(AUDIT)

    expect((await gateway.operate(AUDIT)).error.code).toBe('RATE_LIMIT_EXCEEDED')
  })
})
