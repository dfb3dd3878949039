import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { importJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { newSigningKey } from '../../scripts/signing-key.ts'
import { close, listen } from '../../scripts/upstream/listen.ts'
import { requireGateway, type Vouched } from '../../scripts/verify-assertion/middleware.ts'
import { createVerifier, type Incoming } from '../../scripts/verify-assertion/verify.ts'
import { openWorld, parseRaw, sendRaw, type World } from './world.ts'

const { WebSocket, WebSocketServer }: typeof import('ws') = createRequire(import.meta.url)('ws')

const KEY = newSigningKey()
const NEXT_KEY = newSigningKey()
const ROUTES = JSON.stringify([
  { path: '/mine/*', access: 'user' },
  { path: '/model', access: 'userOrKey' },
  { path: '/*', access: 'public' },
])

type Guard = ReturnType<typeof requireGateway>

let world: World
let gateway: ServedWorker
let guard: Guard
let verify: ReturnType<typeof createVerifier>
let upstream: Server
let origin: string
/** What the last request came with. */
let headers: Vouched['headers']

beforeAll(async () => {
  upstream = createServer((request: Vouched, response) => {
    headers = request.headers
    void guard(request, response, () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(request.assertion))
    })
  })
  const sockets = new WebSocketServer({ noServer: true })
  upstream.on('upgrade', async (request: Incoming, socket, head) => {
    const verdict = await verify(request)
    if (verdict.kind !== 'vouched') socket.destroy()
    else
      sockets.handleUpgrade(request, socket, head, (client) =>
        client.send(JSON.stringify(verdict.assertion)),
      )
  })
  origin = `http://127.0.0.1:${await listen(upstream)}`
  const settings = {
    UPSTREAM_URL: origin,
    ROUTES,
    GATEWAY_SIGNING_KEY: KEY,
    LIMITS: '{"ip":{"minute":1000000,"hour":null}}',
  }
  world = await openWorld(settings)
  gateway = world.gateway
  guard = requireGateway(optionsFor(gateway))
  verify = createVerifier(optionsFor(gateway))
})
afterAll(() => Promise.all([world.stop(), close(upstream)]))

function optionsFor({ url }: ServedWorker) {
  const keysUrl = `${url}/.well-known/gateway-jwks.json`
  return { keysUrl, issuer: 'gateway:local', audience: origin }
}

/** Straight to the upstream, around the gateway. */
async function around(path: string, said: Record<string, string>, method = 'GET') {
  const response = await fetch(origin + path, { method, headers: said })
  return response.status
}

/** A request's assertion and correlation id, as someone who overheard it has them. */
async function overheard(path: string) {
  await fetch(gateway.url + path)
  return {
    'X-Gateway-Assertion': String(headers['x-gateway-assertion']),
    'X-Correlation-ID': String(headers['x-correlation-id']),
  }
}

describe('an upstream that asks for assertions', () => {
  it('answers a user who comes through the gateway, and learns from it who that is', async () => {
    const token = await world.issuer.mint({
      subject: 'auth0|zoë',
      tier: 'premium',
      permissions: ['read:own'],
    })

    const response = await fetch(`${gateway.url}/mine/things?page=2`, {
      method: 'POST',
      body: '{}',
      headers: { Authorization: `Bearer ${token}` },
    })

    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      iss: 'gateway:local',
      aud: origin,
      caller: 'user',
      method: 'POST',
      correlationId: response.headers.get('X-Correlation-ID'),
      sub: 'auth0|zoë',
      userIssuer: world.issuer.issuer,
      tier: 'premium',
      roles: [],
      permissions: ['read:own'],
    })
  })

  it.each([
    ['nobody', '/open', {}, { caller: 'anonymous' }],
    [
      'an API key',
      '/model',
      { 'X-API-Key': 'ctll_12345678' },
      {
        caller: 'key',
        keyHash: createHash('sha256').update('ctll_12345678').digest('hex'),
      },
    ],
  ])('learns that it is %s', async (_, path, said, who) => {
    const response = await fetch(gateway.url + path, { headers: said })

    expect(await response.json()).toMatchObject(who)
  })

  it('answers whatever target the gateway lets through', async () => {
    const segment = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...'abcXYZ019-._~!$&\'()*+,;=:@|^`"<>{}[]', '%20', '%C3%A9', '%7e', '%7E'),
        fc.constantFrom('é', '%41', '%25'),
      ),
      maxLength: 12,
    })
    const target = fc
      .tuple(fc.array(segment, { maxLength: 4 }), fc.option(segment, { nil: undefined }))
      .map(([path, query]) => `/${path.join('/')}${query === undefined ? '' : `?${query}/?#`}`)
    const statuses = new Map<number, number>()

    await fc.assert(
      fc.asyncProperty(target, async (text) => {
        const bytes = Buffer.from(text).toString('latin1')
        const { status } = parseRaw(
          await sendRaw(
            gateway.port,
            `GET ${bytes} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
          ),
        )
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        // 400: two servers could read the path differently. 500 would be our own 421.
        expect([200, 400]).toContain(status)
      }),
      { numRuns: 300 },
    )

    expect(statuses.get(200)).toBeGreaterThan(50)
  }, 60_000)

  it('answers at the handshake of a WebSocket too', async () => {
    const token = await world.issuer.mint({ subject: 'auth0|alice' })
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/mine/socket`, {
      headers: { Authorization: `Bearer ${token}` },
    })

    const [message] = await once(socket, 'message')
    socket.close()

    expect(JSON.parse(String(message))).toMatchObject({ method: 'GET', sub: 'auth0|alice' })
  })
})

describe('who goes around the gateway', () => {
  it.each([
    ['without an assertion', {}],
    ['with the headers of a user', { 'X-User-Id': 'auth0|alice', 'X-User-Roles': 'admin' }],
    ['with no assertion that is one', { 'X-Gateway-Assertion': 'a.b.c' }],
  ])('is refused %s', async (_, said) => {
    expect(await around('/open', said)).toBe(421)
  })

  it('is let through once more with what it overheard, unless each may come once', async () => {
    const said = await overheard('/open?a=1')
    const strict = createVerifier({ ...optionsFor(gateway), once: true })
    const request = await new Promise<Incoming>((resolve) => {
      const listener = (incoming: Incoming) => resolve(incoming)
      upstream.once('request', listener)
      void around('/open?a=1', said)
    })

    expect(await around('/open?a=1', said)).toBe(200)
    expect([await strict(request), await strict(request)]).toMatchObject([
      { kind: 'vouched' },
      { kind: 'refused', reason: 'a replay' },
    ])
  })

  it.each([
    ['on another path', 'GET', '/openly?a=1', {}],
    ['with another query', 'GET', '/open?a=2', {}],
    ['without the query', 'GET', '/open', {}],
    ['with another method', 'DELETE', '/open?a=1', {}],
    ['under another correlation id', 'GET', '/open?a=1', { 'X-Correlation-ID': 'another-id' }],
  ])('is refused with what it overheard, %s', async (_, method, path, changed) => {
    const said = await overheard('/open?a=1')

    expect(await around(path, { ...said, ...changed }, method)).toBe(421)
    expect(await around('/open?a=1', said)).toBe(200)
  })

  const target = createHash('sha256').update('/open').digest('base64url')
  const now = () => Math.floor(Date.now() / 1000)
  const good = () => ({
    iss: 'gateway:local',
    aud: origin,
    iat: now(),
    exp: now() + 60,
    jti: crypto.randomUUID(),
    method: 'GET',
    target,
    correlationId: 'forged-id',
    caller: 'anonymous',
  })
  const { d: _, ...PUBLIC } = JSON.parse(KEY)
  const header = { alg: 'EdDSA', typ: 'gateway+jwt' }

  async function signed(claims: object, changes = {}, key: string | Uint8Array = KEY) {
    const { kid } = JSON.parse(await (await fetch(optionsFor(gateway).keysUrl)).text()).keys[0]
    return new SignJWT({ ...claims })
      .setProtectedHeader({ ...header, kid, ...changes })
      .sign(typeof key === 'string' ? await importJWK(JSON.parse(key), 'EdDSA') : key)
  }
  const sent = async (assertion: string) =>
    around('/open', { 'X-Gateway-Assertion': assertion, 'X-Correlation-ID': 'forged-id' })

  it('would have to have the key', async () => {
    expect(await sent(await signed(good()))).toBe(200)
  })

  it.each([
    ['expired', () => ({ iat: now() - 70, exp: now() - 10 })],
    ['too old, whatever it says of its end', () => ({ iat: now() - 70 })],
    ['of the future', () => ({ iat: now() + 30, exp: now() + 90 })],
    ['without an end', () => ({ exp: undefined })],
    ['for another upstream', () => ({ aud: 'https://another.example.com' })],
    ['for nobody', () => ({ aud: undefined })],
    ['of another gateway', () => ({ iss: 'gateway:staging' })],
    ['without a target', () => ({ target: undefined })],
    ['without a correlation id', () => ({ correlationId: undefined })],
    ['without an id', () => ({ jti: undefined })],
  ])('is refused with an assertion that is %s', async (_, changes) => {
    expect(await sent(await signed({ ...good(), ...changes() }))).toBe(421)
  })

  it.each([
    ['signed by another key', () => signed(good(), {}, NEXT_KEY)],
    ['signed by a key it brings along', () => signed(good(), { jwk: PUBLIC }, NEXT_KEY)],
    ['signed by a key that nobody has', () => signed(good(), { kid: 'unknown' })],
    ['of another type', () => signed(good(), { typ: 'JWT' })],
    [
      'signed with the public key as a secret',
      () => signed(good(), { alg: 'HS256' }, Buffer.from(PUBLIC.x, 'base64url')),
    ],
    ['not signed', async () => new UnsecuredJWT(good()).encode()],
    [
      'changed after it was signed',
      async () => {
        const [head, , signature] = (await signed(good())).split('.')
        const claims = Buffer.from(JSON.stringify({ ...good(), caller: 'user', sub: 'a' }))
        return `${head}.${claims.toString('base64url')}.${signature}`
      },
    ],
  ])('is refused with an assertion that is %s', async (_, forge) => {
    expect(await sent(await forge())).toBe(421)
  })

  it('is refused with the good token of a user in its place', async () => {
    expect(await sent(await world.issuer.mint({ alg: 'EdDSA' }))).toBe(421)
  })
})

describe('a gateway that is set up differently from its upstream', () => {
  it.each([
    ['without a key', { GATEWAY_SIGNING_KEY: '' }],
    ['with another key', { GATEWAY_SIGNING_KEY: NEXT_KEY }],
    ['of another environment', { GATEWAY_ENV: 'staging' }],
  ])('%s puts nothing down to its clients', async (_, changes) => {
    const other = await world.another({
      UPSTREAM_URL: origin,
      ROUTES,
      GATEWAY_SIGNING_KEY: KEY,
      ...changes,
    })

    const response = await fetch(`${other.url}/open`)

    expect(response.status).toBe(500)
    expect((await response.json()).error.code).toBe('SERVICE_ERROR')
  })

  it('and whose keys nobody can fetch is SERVICE_UNAVAILABLE', async () => {
    const before = guard
    guard = requireGateway({ ...optionsFor(gateway), keysUrl: 'http://127.0.0.1:9/keys.json' })

    const response = await fetch(`${gateway.url}/open`)
    guard = before

    expect(response.status).toBe(503)
    expect((await response.json()).error.code).toBe('SERVICE_UNAVAILABLE')
  })
})

describe('a rotation of the key', () => {
  it('refuses nobody, neither before nor after the upstream has heard of it', async () => {
    const rotating = (keys: readonly string[]) =>
      world.another({
        UPSTREAM_URL: origin,
        ROUTES,
        GATEWAY_SIGNING_KEY: JSON.stringify({ keys: keys.map((key) => JSON.parse(key)) }),
      })
    const announcing = await rotating([KEY, NEXT_KEY])
    const changed = await rotating([NEXT_KEY, KEY])
    const before = guard
    guard = requireGateway(optionsFor(announcing))

    const statuses: number[] = []
    for (const { url } of [announcing, changed, announcing, changed]) {
      statuses.push((await fetch(`${url}/open`)).status)
    }
    // It keeps what it fetched at first.
    await announcing.stop()
    statuses.push((await fetch(`${changed.url}/open`)).status)
    guard = before

    expect(statuses).toEqual([200, 200, 200, 200, 200])
  })
})

describe('the small upstream that shows how it is done', () => {
  it('answers through the gateway with what is vouched for, and nobody else', async () => {
    const program = 'scripts/verify-assertion/main.ts'
    const child = spawn(process.execPath, [program, '--gateway', gateway.url, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill())
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const address = /http:\S+?(?=;)/.exec(line)?.[0] ?? ''
    const { url } = await world.another({
      UPSTREAM_URL: address,
      ROUTES,
      GATEWAY_SIGNING_KEY: KEY,
    })

    const through = await fetch(`${url}/open`)
    const past = await fetch(`${address}/open`)

    expect(await through.json()).toMatchObject({ aud: address, caller: 'anonymous' })
    expect(past.status).toBe(421)
  })
})
