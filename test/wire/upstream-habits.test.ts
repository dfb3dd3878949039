import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import contract from '../contract/catalogue.json' with { type: 'json' }
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'
import { openWorld, parseRaw, sendRaw, type World } from './world.ts'

// The API behind the gateway as it was found, habit by habit, and what its clients see of it now.

const ORIGIN = 'https://app.cloudtolocalllm.online'
const CODES = contract.map(({ code }) => code)

let world: World
let scripted: RawUpstream
let gateway: ServedWorker
let beforeScripted: ServedWorker
let small: ServedWorker
beforeAll(async () => {
  ;[world, scripted] = await Promise.all([openWorld({ CORS_ORIGINS: ORIGIN }), startRawUpstream()])
  gateway = world.gateway
  beforeScripted = await world.another({ UPSTREAM_URL: scripted.url })
  small = await world.another({ UPSTREAM_URL: scripted.url, MAX_BODY_BYTES: '1000' })
})
afterAll(() => Promise.all([world.stop(), scripted.stop()]))

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const codeOf = async (response: Response) => (await response.json()).error.code

/** What the scripted upstream's answer becomes, and how often it was asked. */
async function through(answer: string, path: string, init: RequestInit = {}) {
  const before = scripted.received.length
  scripted.answer(answer)
  const response = await fetch(beforeScripted.url + path, init)
  const code = await codeOf(response)
  return { status: response.status, code, asked: scripted.received.length - before, response }
}

const jsonAnswer = (status: string, body: unknown) => {
  const text = JSON.stringify(body)
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`
}

describe('an API that never speaks the contract', () => {
  const ERRORS = Array.from({ length: 29 }, (_, index) => index + 1).filter(
    // Redirects, and a good answer with a failure in it, are no errors.
    (shape) => shape !== 24 && shape !== 25,
  )

  it.each(ERRORS)('is heard in its 39 codes alone: shape %i', async (shape) => {
    const how = shape === 23 ? '?how=empty' : ''
    const response = await fetch(`${gateway.url}/demo/errors/${shape}${how}`)

    const { error } = await response.json()
    expect(CODES).toContain(error.code)
    expect(error.correlationId).toBe(response.headers.get('X-Correlation-ID'))
  })
})

describe('an API to which all faults of a request are one and the same 500', () => {
  const unasked = async (path: string, init: RequestInit) => {
    const before = world.upstream.received.length
    const response = await fetch(gateway.url + path, init)
    return { code: await codeOf(response), asked: world.upstream.received.length - before }
  }

  it.each([
    ['no token', async () => ({}), 'MISSING_TOKEN'],
    ['garbage', async () => bearer('garbage'), 'INVALID_TOKEN_FORMAT'],
    [
      'an expired token',
      async () => bearer(await world.issuer.mint({ expiresInSeconds: -60 })),
      'TOKEN_EXPIRED',
    ],
    [
      'another audience',
      async () => bearer(await world.issuer.mint({ audience: 'https://elsewhere.test' })),
      'INVALID_TOKEN',
    ],
  ] as const)('is not asked with %s', async (_, headers, code) => {
    expect(await unasked('/tunnels', { headers: await headers() })).toEqual({ code, asked: 0 })
  })

  it('is not asked with a broken percent-escape', async () => {
    expect(await unasked('/demo/%zz', {})).toEqual({ code: 'VALIDATION_ERROR', asked: 0 })
  })

  it('gets no end of a chunked body that is too large', async () => {
    const before = scripted.received.length
    const chunk = `1f4\r\n${'x'.repeat(500)}\r\n`
    const head = 'POST /demo/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n'

    const answer = await sendRaw(
      small.port,
      `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n`,
    )

    expect(parseRaw(answer).body).toContain('"maxBytes":1000')
    expect(scripted.received.slice(before).filter((sent) => sent.endsWith('0\r\n\r\n'))).toEqual([])
  })
})

describe('an API that only decodes the tokens of its administrators', () => {
  it('never sees one that nobody signed', async () => {
    const before = world.upstream.received.length
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = {
      iss: world.issuer.issuer,
      aud: world.issuer.audience,
      sub: 'auth0|ada',
      exp: 4_000_000_000,
      roles: ['super_admin'],
    }
    const forged = `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.${part({})}`

    const response = await fetch(`${gateway.url}/admin/users`, { headers: bearer(forged) })

    expect(await codeOf(response)).toBe('INVALID_TOKEN')
    expect(world.upstream.received).toHaveLength(before)
  })

  it('never sees any string for a token', async () => {
    const before = world.upstream.received.length

    const response = await fetch(`${gateway.url}/tunnels/7`, { headers: bearer('any-string') })

    expect(await codeOf(response)).toBe('INVALID_TOKEN_FORMAT')
    expect(world.upstream.received).toHaveLength(before)
  })
})

/** What the demo of the API was asked last. */
const lastHeaders = () =>
  (world.upstream.received.at(-1)?.headers ?? []).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  )

describe('an API that limits the last address it is told', () => {
  it('is told of the client alone', async () => {
    await fetch(`${gateway.url}/demo/echo`, {
      headers: { 'X-Forwarded-For': '10.0.0.1, 10.0.0.2', 'X-Real-IP': '10.0.0.3' },
    })

    expect(lastHeaders().filter(([name]) => /forwarded-for|real-ip/.test(name))).toEqual([
      ['x-forwarded-for', '127.0.0.1'],
    ])
  })
})

describe('an API that believes a client’s own rate-limit headers', () => {
  it('is told of none', async () => {
    await fetch(`${gateway.url}/demo/echo`, {
      method: 'POST',
      body: '{}',
      headers: {
        'X-RateLimit-Limit': '100',
        'X-RateLimit-Remaining': '5',
        'X-Rate-Limit-Remaining': '5',
        X_RateLimit_Remaining: '5',
      },
    })

    expect(lastHeaders().filter(([name]) => /rate/.test(name))).toEqual([])
  })
})

describe('an API that fails after it has done what it was asked', () => {
  it.each(['500 Internal Server Error', '502 Bad Gateway', '504 Gateway Timeout'])(
    'is asked once, and repeating is not called safe: POST, %s',
    async (status) => {
      const token = await world.issuer.mint({})
      const body = { error: 'Internal server error', code: 'TUNNEL_CREATION_FAILED' }

      const { status: seen, asked } = await through(jsonAnswer(status, body), '/tunnels', {
        method: 'POST',
        body: '{"name":"home"}',
        headers: bearer(token),
      })

      expect({ seen, asked }).toEqual({ seen: 500, asked: 1 })
    },
  )
})

describe('an API whose database hangs', () => {
  const late = jsonAnswer('408 Request Timeout', { error: 'Request timeout', code: 'TIMEOUT' })

  it.each([
    ['GET', 503, 'EXTERNAL_SERVICE_UNAVAILABLE'],
    ['POST', 500, 'SERVICE_ERROR'],
  ])('gives up with 408, which is no fault of the client: %s', async (method, status, code) => {
    expect(await through(late, '/demo/x', { method })).toMatchObject({ status, code })
  })

  it('ends with an empty reply', async () => {
    const response = await fetch(`${gateway.url}/demo/errors/23?how=empty`)

    expect(await codeOf(response)).toBe('EXTERNAL_SERVICE_UNAVAILABLE')
    expect(response.headers.get('Retry-After')).toBe('5')
  })

  it('then refuses connections', async () => {
    const gone = await startRawUpstream()
    const worker = await world.another({ UPSTREAM_URL: gone.url })
    await gone.stop()

    const response = await fetch(`${worker.url}/demo/x`)

    expect(await codeOf(response)).toBe('SERVICE_UNAVAILABLE')
    expect(response.headers.get('Retry-After')).toBe('5')
  })
})

describe('an API that refuses good tokens while its database is down', () => {
  it('is unavailable, and the token stays good', async () => {
    const headers = bearer(await world.issuer.mint({}))
    const body = { error: 'Authentication required', code: 'AUTH_REQUIRED' }

    const refused = await through(jsonAnswer('401 Unauthorized', body), '/tunnels', { headers })

    expect(refused).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' })
  })

  it('is believed where only it can know: of a session that was revoked', async () => {
    const headers = bearer(await world.issuer.mint({}))
    const body = { error: 'Session revoked', code: 'SESSION_REVOKED' }

    const refused = await through(jsonAnswer('401 Unauthorized', body), '/tunnels', { headers })

    expect(refused).toMatchObject({ status: 401, code: 'AUTH_REQUIRED' })
  })
})

describe('an API that repeats any correlation id', () => {
  it.each([
    ['five kilobytes', ['x'.repeat(5_000)]],
    ['markup', ['<script>alert(1)</script>']],
    ['two', ['first-id-12345', 'second-id-12345']],
  ])('is given one that is harmless: %s', async (_, ids) => {
    const answer = parseRaw(
      await sendRaw(
        gateway.port,
        `GET /demo/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${ids
          .map((id) => `X-Correlation-ID: ${id}\r\n`)
          .join('')}\r\n`,
      ),
    )

    const given = answer.headers.get('X-Correlation-ID')
    expect(given).toMatch(/^req-[0-9a-z]+-[a-z2-7]{16}$/)
    expect(lastHeaders().filter(([name]) => name === 'x-correlation-id')).toEqual([
      ['x-correlation-id', given],
    ])
  })

  it('has no say in the client’s: its own of another name is not passed on', async () => {
    scripted.answer(
      'HTTP/1.1 200 OK\r\nX-Correlation-ID: req-of-the-upstream\r\nContent-Length: 2\r\n\r\nok',
    )

    const response = await fetch(`${beforeScripted.url}/demo/x`, {
      headers: { 'X-Correlation-ID': 'id-of-the-client' },
    })

    expect(response.headers.get('X-Correlation-ID')).toBe('id-of-the-client')
  })
})

describe('an API that fails for foreign origins and hides its headers from its own', () => {
  it('does not hear of the origin', async () => {
    const foreign = await fetch(`${gateway.url}/demo/echo`, {
      headers: { Origin: 'https://elsewhere.test' },
    })

    expect(foreign.status).toBe(200)
    expect(foreign.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(foreign.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(lastHeaders().filter(([name]) => name === 'origin')).toEqual([])
  })

  it('is readable for its own, correlation id and API key included', async () => {
    const own = await fetch(`${gateway.url}/demo/echo`, { headers: { Origin: ORIGIN } })
    const preflight = await fetch(`${gateway.url}/demo/echo`, {
      method: 'OPTIONS',
      headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'GET' },
    })

    expect(own.headers.get('Access-Control-Allow-Origin')).toBe(ORIGIN)
    expect(own.headers.get('Access-Control-Expose-Headers')).toContain('X-Correlation-ID')
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('X-API-Key')
  })
})
