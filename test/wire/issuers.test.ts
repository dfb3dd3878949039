import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { openWorld, type World } from './world.ts'

const SECRET = 'a secret of at least thirty-two bytes'
const SHARING = 'https://sharing.test/auth/v1'

let world: World
let gateway: ServedWorker
beforeAll(async () => {
  world = await openWorld()
  const { issuer, audience } = world.issuer
  gateway = await another([
    { issuer, audience },
    { issuer: SHARING, audience: 'authenticated', secret: SECRET },
  ])
})
afterAll(() => world.stop())

function another(issuers: readonly object[]): Promise<ServedWorker> {
  const JWT_ISSUERS = JSON.stringify(issuers)
  return world.another({ JWT_ISSUER: '', JWT_AUDIENCE: '', JWT_ISSUERS })
}

async function ask(path: string, token: string, { url } = gateway) {
  const answer = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${token}` } })
  return { status: answer.status, code: (await answer.json())?.error?.code }
}

function shared(secret = SECRET): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(SHARING)
    .setAudience('authenticated')
    .setSubject('alice')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
}

describe('an issuer with keys and one with a secret, in one worker', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)('are both believed: %s', async (alg) => {
    expect(await ask('/tunnels', await world.issuer.mint({ alg }))).toMatchObject({ status: 200 })
    expect(await ask('/tunnels', await shared())).toMatchObject({ status: 200 })
  })

  it.each([
    ['the public key as a secret', () => world.issuer.mint({ alg: 'HS256' })],
    ['no signature', () => world.issuer.mint({ alg: 'none' })],
    ['another secret', () => shared(`${SECRET}!`)],
    ['the secret’s issuer and a real key', () => world.issuer.mint({ claims: { iss: SHARING } })],
  ])('believe nobody with %s', async (_, token) => {
    expect(await ask('/tunnels', await token())).toEqual({ status: 401, code: 'INVALID_TOKEN' })
  })

  it('put neither secret nor token into the log', async () => {
    const [good, forged] = [await shared(), await shared(`${SECRET}!`)]
    await ask('/tunnels', good)
    await ask('/tunnels', forged)

    expect(gateway.log()).toContain('"cause":"signature"')
    expect(gateway.log()).not.toContain(SECRET)
    expect(gateway.log()).not.toContain(good)
    expect(gateway.log()).not.toContain(forged)
  })
})

describe('an issuer with a secret alone', () => {
  it('leaves nobody to wait for: the worker is ready', async () => {
    const alone = await another([{ issuer: SHARING, audience: 'authenticated', secret: SECRET }])

    const ready = await (await fetch(`${alone.url}/_gateway/ready`)).json()

    expect(ready).toMatchObject({ dependencies: { keys: { state: 'up' } } })
    expect(await ask('/tunnels', await shared(), alone)).toMatchObject({ status: 200 })
  })
})
