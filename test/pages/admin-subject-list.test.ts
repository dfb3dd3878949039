import { describe, expect, it } from 'vitest'
import { operatedGateway, strangers } from '../support/operator.ts'

const LIST = '/_gateway/admin/subjects'

type Gateway = Awaited<ReturnType<typeof operatedGateway>>

/** Other tests change subjects of their own in the same store. */
async function listed(gateway: Gateway, query: string, among: readonly string[]) {
  const { text } = await gateway.operate(`${LIST}?limit=1000${query}`)
  const { subjects }: { subjects: { subject: string }[] } = JSON.parse(text)
  return subjects.filter(({ subject }) => among.includes(subject))
}

describe('the list of changed subjects', () => {
  it('tells what holds of each, the last changed first', async () => {
    const gateway = await operatedGateway()
    const [one, other] = [strangers(), strangers()]
    const address = `ip:${other.from}`
    await gateway.change(one.user, { limits: { minute: 5 }, notBefore: 'now' })
    gateway.pass(1_000)
    const changed = await gateway.change(address, { blockSeconds: 60, exemptSeconds: 120 })

    const network = JSON.parse(changed.text).subject
    expect(await listed(gateway, '', [one.user, network])).toEqual([
      {
        subject: network,
        changedAt: '2026-11-22T12:00:01.000Z',
        limits: {},
        notBefore: null,
        revokedTokens: [],
        blockedUntil: '2026-11-22T12:01:01.000Z',
        exemptUntil: '2026-11-22T12:02:01.000Z',
      },
      {
        subject: one.user,
        changedAt: '2026-11-22T12:00:00.000Z',
        limits: { '60': 5 },
        notBefore: '2026-11-22T12:00:01.000Z',
        revokedTokens: [],
        blockedUntil: null,
        exemptUntil: null,
      },
    ])
  })

  it('can be asked for one state', async () => {
    const gateway = await operatedGateway()
    const exp = gateway.now() / 1000 + 3_600
    const changes = {
      blocked: { blockSeconds: 60 },
      limited: { limits: { minute: 5 } },
      revoked: { revokeToken: { jti: 'one', exp } },
      signedOut: { notBefore: 'now' },
      exempt: { exemptSeconds: 60 },
      all: { blockSeconds: 60, limits: { minute: 5 }, notBefore: 'now', exemptSeconds: 60 },
    }
    const names = new Map<string, string>()
    for (const [name, change] of Object.entries(changes)) {
      const { user } = strangers()
      names.set(user, name)
      await gateway.change(user, change)
    }
    const of = async (state: string) => {
      const found = await listed(gateway, `&state=${state}`, [...names.keys()])
      return found.map(({ subject }) => names.get(subject)).toSorted()
    }

    expect([
      await of('blocked'),
      await of('limited'),
      await of('revoked'),
      await of('exempt'),
    ]).toEqual([
      ['all', 'blocked'],
      ['all', 'limited'],
      ['all', 'revoked', 'signedOut'],
      ['all', 'exempt'],
    ])
  })

  it('no longer has whom nothing holds', async () => {
    const gateway = await operatedGateway()
    const [ended, pardoned] = [strangers().user, strangers().user]
    await gateway.change(ended, { blockSeconds: 60 })
    await gateway.change(pardoned, { blockSeconds: 600 })
    await gateway.change(pardoned, { blockedUntil: null })
    const before = await listed(gateway, '', [ended, pardoned])
    gateway.pass(60_000)

    expect(before).toHaveLength(1)
    expect(await listed(gateway, '', [ended, pardoned])).toEqual([])
  })

  it('is as long as it is asked to be', async () => {
    const gateway = await operatedGateway()
    for (const _ of [1, 2]) await gateway.change(strangers().user, { limits: { minute: 5 } })

    const { text, headers } = await gateway.operate(`${LIST}?limit=1`)

    expect(JSON.parse(text).subjects).toHaveLength(1)
    expect(headers.get('Cache-Control')).toBe('no-store')
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=', 'limit'],
    ['state=', 'state'],
    ['state=Blocked', 'state'],
    ['state=toString', 'state'],
  ])('refuses %s', async (query, parameter) => {
    const gateway = await operatedGateway()

    const { error } = await gateway.operate(`${LIST}?${query}`)

    expect([error.code, error.details?.parameter]).toEqual(['INVALID_PARAMETER', parameter])
  })
})
