import { afterAll, beforeAll, expect, it } from 'vitest'
import { SocketClient } from './web-socket-client.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.stop())

/** Thirty seconds is the promise; the rest is for a busy machine. */
const TIMEOUT_MS = 40_000

it(
  'an open WebSocket is closed when its user or its token is revoked, or its user blocked, though the first to ask has gone',
  async () => {
    const gone = await open('gone', 'g')
    const revoked = await open('revoked', 'r')
    const blocked = await open('blocked', 'b')
    const signedOut = await open('other', 'one')
    const other = await open('other', 'another')
    gone.client.socket.terminate()

    await change(revoked.subject, { notBefore: 'now' })
    await change(blocked.subject, { blockSeconds: 600 })
    await change(other.subject, { revokeToken: { jti: 'one', exp: signedOut.expiresAt } })

    expect(await signedOut.client.closed).toEqual({ code: 4401, reason: 'token revoked' })
    expect(await revoked.client.closed).toEqual({ code: 4401, reason: 'token revoked' })
    expect(await blocked.client.closed).toEqual({ code: 4429, reason: 'blocked' })
    other.client.socket.send('still here')
    expect(await other.client.take(1)).toEqual(['still here'])
    other.client.socket.close()
  },
  TIMEOUT_MS,
)

const RUN = crypto.randomUUID()

async function open(name: string, jti: string) {
  const subject = `auth0|${name}-${RUN}`
  const issuedAt = Math.floor(Date.now() / 1000) - 60
  const asked = { subject, issuedAt, expiresInSeconds: 3_600, claims: { jti } }
  const token = await world.issuer.mint(asked)
  const client = await SocketClient.open(`${world.gateway.url}/ssh`, ['bearer', token])
  return { subject, client, expiresAt: issuedAt + 3_600 }
}

async function change(subject: string, body: object): Promise<void> {
  const root = await world.issuer.mint({ roles: ['super_admin'] })
  const name = Buffer.from(`user:${world.issuer.issuer}|${subject}`).toString('base64url')
  const answer = await fetch(`${world.gateway.url}/_gateway/admin/subjects/${name}`, {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${root}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`not changed: ${await answer.text()}`)
}
