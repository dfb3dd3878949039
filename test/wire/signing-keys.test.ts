import { createHmac } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { Redis } from '@upstash/redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LocalIssuer, startIssuer } from '../../scripts/issuer.ts'
import { openWorld, type World } from './world.ts'

const KEYS_SECRET = 'wire-keys-secret-of-more-than-32-characters'
const HOUR_MS = 3_600_000

let world: World
let issuer: LocalIssuer
beforeAll(async () => {
  world = await openWorld({})
})
afterAll(() => world.stop())
beforeEach(async () => {
  issuer = await startIssuer({})
})
afterEach(() => issuer.stop())

const isolate = (settings = {}) =>
  world.another({ JWT_ISSUER: issuer.issuer, KEYS_SECRET, ...settings })

async function ask(gateway: { readonly url: string }, token: string) {
  const response = await fetch(`${gateway.url}/tunnels`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  const text = await response.text()
  return response.status === 200 ? 200 : JSON.parse(text).error.code
}

const store = () => new Redis({ url: world.store.url, token: world.store.token })
const copyKey = () => `gateway:1:keys:${issuer.issuer} `

/** The copy as it lies in the store, once it has got there. */
async function copyInStore(): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const text = await store().get<string>(copyKey())
    if (text !== null) return text.slice(65)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('no copy came to the store')
}

/** Puts a copy into the store as a worker with this secret would: HMAC-SHA-256 in hex, a point, the copy. */
async function putCopy(copy: object, secret = KEYS_SECRET) {
  const text = JSON.stringify(copy)
  const seal = createHmac('sha256', secret)
    .update(`signing keys\n${issuer.issuer} \n${text}`)
    .digest('hex')
  await store().set(copyKey(), `${seal}.${text}`)
}

describe('with the issuer dark', () => {
  it('every isolate verifies, those that start meanwhile by the store, and none asks more than it should', async () => {
    const token = await issuer.mint({ tier: 'enterprise' })
    const old = await isolate()
    const before = await ask(old, token)
    await copyInStore()
    const asked = issuer.requests
    issuer.fail('down')
    const fresh = await Promise.all([isolate(), isolate(), isolate()])

    const answers = await Promise.all(
      [old, ...fresh].flatMap((gateway) => Array.from({ length: 20 }, () => ask(gateway, token))),
    )

    expect(before).toBe(200)
    expect(answers).toEqual(Array(80).fill(200))
    expect([asked, issuer.requests]).toEqual([1, 1])
  })

  it('for six hours, an isolate that starts takes the copy of the time before', async () => {
    const token = await issuer.mint({ tier: 'enterprise' })
    await ask(await isolate(), token)
    const copy = JSON.parse(await copyInStore())
    issuer.fail('down')
    await putCopy({ ...copy, fetchedAt: copy.fetchedAt - 6 * HOUR_MS })
    const gateway = await isolate()

    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(gateway, token)))

    expect(answers).toEqual(Array(20).fill(200))
    expect(gateway.log().match(/"event":"keys\.unavailable"/g)).toHaveLength(1)
  })

  it.each<[string, (copy: { fetchedAt: number }) => Promise<unknown>, string]>([
    [
      'sealed by somebody else',
      (copy) => putCopy(copy, 'another secret of more than 32 characters'),
      'a copy that KEYS_SECRET did not seal',
    ],
    [
      'of another issuer',
      (copy) => putCopy({ ...copy, issuer: 'https://evil.test/' }),
      'a copy of another issuer',
    ],
    [
      'from the future',
      (copy) => putCopy({ ...copy, fetchedAt: copy.fetchedAt + HOUR_MS }),
      'a copy from the future',
    ],
    ['without a seal', (copy) => store().set(copyKey(), copy), 'no copy of a key set'],
  ])('a copy %s is ignored and logged', async (_, spoil, reason) => {
    const token = await issuer.mint()
    await ask(await isolate(), token)
    await spoil(JSON.parse(await copyInStore()))
    issuer.fail('down')
    const gateway = await isolate()

    expect(await ask(gateway, token)).toBe('EXTERNAL_SERVICE_UNAVAILABLE')
    expect(gateway.log()).toContain(`"layer":"store","reason":"${reason}"`)
  })

  it('an isolate without KEYS_SECRET neither believes the store nor writes to it', async () => {
    const token = await issuer.mint()
    const bare = await isolate({ KEYS_SECRET: '' })
    await ask(bare, token)
    const left = await store().get(copyKey())
    await ask(await isolate(), token)
    await copyInStore()
    issuer.fail('down')

    expect(left).toBeNull()
    expect(await ask(await isolate({ KEYS_SECRET: '' }), token)).toBe(
      'EXTERNAL_SERVICE_UNAVAILABLE',
    )
  })
})

describe('an issuer that', () => {
  it.each(['redirect', 'huge', 'noKeys', 'weakKey', 'unfitKeys', 'slow', 'hang'] as const)(
    'answers so is a 503 to a cold isolate, and nothing to one with a copy: %s',
    async (mode) => {
      const token = await issuer.mint()
      await ask(await isolate(), token)
      const copy = JSON.parse(await copyInStore())
      issuer.fail(mode)
      await putCopy({ ...copy, fetchedAt: copy.fetchedAt - HOUR_MS })
      const gateways = await Promise.all([isolate({ KEYS_SECRET: '' }), isolate()])

      expect(await Promise.all(gateways.map((gateway) => ask(gateway, token)))).toEqual([
        'EXTERNAL_SERVICE_UNAVAILABLE',
        200,
      ])
    },
    20_000,
  )

  it('removes a key: a copy of an hour ago does not keep it', async () => {
    const stolen = await issuer.mint()
    await ask(await isolate(), stolen)
    const copy = JSON.parse(await copyInStore())
    await issuer.rotate()
    issuer.revokePrevious()
    await putCopy({ ...copy, fetchedAt: copy.fetchedAt - HOUR_MS })

    const gateway = await isolate()

    expect(await ask(gateway, stolen)).toBe('INVALID_TOKEN')
    expect(await ask(gateway, await issuer.mint())).toBe(200)
  })
})

/** The issuer's key set, given out when we say so. */
async function heldKeySet() {
  const keySet = await (await fetch(issuer.jwksUrl)).text()
  const held: ServerResponse[] = []
  const server = createServer((_, response) => void held.push(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/keys`,
    asked: () => held.length,
    release: () => {
      for (const response of held) response.end(keySet)
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}

describe('a cold isolate', () => {
  it('asks once for twenty requests, though the client of the one that asked has gone', async () => {
    const keySet = await heldKeySet()
    const token = await issuer.mint({ tier: 'enterprise' })
    const gateway = await isolate({ KEYS_SECRET: '', JWT_JWKS_URL: keySet.url })
    const client = new AbortController()
    const first = fetch(`${gateway.url}/tunnels`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: client.signal,
    }).catch(() => 'gone')
    await vi.waitUntil(() => keySet.asked() === 1, { timeout: 5_000 })
    client.abort()
    const others = Array.from({ length: 19 }, () => ask(gateway, token))
    await new Promise((resolve) => setTimeout(resolve, 300))
    keySet.release()
    const answers = await Promise.all(others)
    await keySet.stop()

    expect(await first).toBe('gone')
    expect(answers).toEqual(Array(19).fill(200))
    expect(keySet.asked()).toBe(1)
  })
})
