import { describe, expect, it } from 'vitest'
import { operatedGateway, strangers } from '../support/operator.ts'

describe('the audit trail', () => {
  it('tells who changed what, when and by which request, the newest first', async () => {
    const gateway = await operatedGateway()
    const { user } = strangers()
    const id = (n: number) => ({ 'X-Correlation-ID': `audit-test-${user.slice(-12)}-${n}` })
    await gateway.change(user, { limits: { minute: 5, hour: null }, notBefore: 'now' }, id(1))
    gateway.pass(1_000)
    await gateway.change(user, { blockSeconds: 60, reset: true }, id(2))
    await gateway.change(user, { blockedUntil: null, limits: { x: 1 } }, id(3))

    const answer = await gateway.operate('/_gateway/admin/audit?limit=1000')

    const { entries } = JSON.parse(answer.text)
    const by = gateway.self.subject
    expect(entries.filter(({ subject }: { subject: string }) => subject === user)).toEqual([
      {
        time: '2026-11-22T12:00:01.000Z',
        by,
        correlationId: id(2)['X-Correlation-ID'],
        subject: user,
        change: { blockedUntil: '2026-11-22T12:01:01.000Z', reset: true },
      },
      {
        time: '2026-11-22T12:00:00.000Z',
        by,
        correlationId: id(1)['X-Correlation-ID'],
        subject: user,
        change: { limits: { '60': 5, '3600': null }, notBefore: '2026-11-22T12:00:01.000Z' },
      },
    ])
  })

  it('is shown as far as it is asked for', async () => {
    const gateway = await operatedGateway()
    await gateway.change(strangers().user, { reset: true })
    await gateway.change(strangers().user, { reset: true })

    const answer = await gateway.operate('/_gateway/admin/audit?limit=1')

    expect(JSON.parse(answer.text).entries).toHaveLength(1)
  })

  it.each(['0', '1001', '-1', '1.5', 'all', ''])('refuses a limit of "%s"', async (limit) => {
    const gateway = await operatedGateway()

    const answer = await gateway.operate(`/_gateway/admin/audit?limit=${limit}`)

    expect(answer.error.code).toBe('INVALID_PARAMETER')
    expect(answer.error.details?.parameter).toBe('limit')
  })
})
