import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

const CORS = { settings: { CORS_ORIGINS: 'https://app.example.com, https://*.example.org' } }

describe('cross-origin access', () => {
  it.each([
    ['https://app.example.com', true],
    ['https://docs.example.org', true],
    ['https://a.b.example.org', true],
    ['https://example.org', false],
    ['http://app.example.com', false],
    ['https://app.example.com.evil.test', false],
    ['https://evil.test/.example.org', false],
    ['https://evilexample.org', false],
    ['https://app.example.com:8443', false],
    ['null', false],
  ])('of %s is allowed: %s', async (origin, allowed) => {
    const gateway = await testGateway(CORS)

    const { headers } = await gateway.get('/health', { headers: { Origin: origin } })

    expect(headers.get('Access-Control-Allow-Origin')).toBe(allowed ? origin : null)
    expect(headers.get('Access-Control-Allow-Credentials')).toBe(allowed ? 'true' : null)
    expect(headers.get('Vary')).toBe('Origin')
  })

  it.each([
    ['Origin', 'Origin'],
    ['Accept-Encoding', 'Accept-Encoding, Origin'],
    ['*', '*'],
    ['X-Origin-Region', 'X-Origin-Region, Origin'],
    ['Origin-Agent', 'Origin-Agent, Origin'],
    ['Accept,ORIGIN', 'Accept,ORIGIN'],
    ['Accept, *', 'Accept, *'],
  ])('makes a Vary of %s one of %s', async (theirs, ours) => {
    const gateway = await testGateway({
      upstream: () => new Response('{}', { headers: { Vary: theirs } }),
    })

    expect((await gateway.get('/health')).headers.get('Vary')).toBe(ours)
  })

  it('is nobody’s where no origin is named', async () => {
    const gateway = await testGateway()

    const { headers } = await gateway.get('/health', {
      headers: { Origin: 'https://app.example.com' },
    })

    expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
  })

  it('shows an allowed origin the errors too, with the headers that explain them', async () => {
    const gateway = await testGateway(CORS)

    const answer = await gateway.get('/tunnels', { headers: { Origin: 'https://app.example.com' } })

    expect(answer.status).toBe(401)
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example.com')
    expect(answer.headers.get('Access-Control-Expose-Headers')?.split(', ')).toEqual([
      'X-Correlation-ID',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'Retry-After',
      'WWW-Authenticate',
      'Link',
      'X-Gateway-Error-Source',
    ])
  })

  const preflight = (origin: string, method = 'POST') => ({
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': method },
  })

  it('answers a preflight itself, with the methods of the route, and counts nothing', async () => {
    const gateway = await testGateway(CORS)

    const answer = await gateway.ask('/webhooks/stripe', preflight('https://app.example.com'))

    expect(answer.status).toBe(204)
    expect(answer.headers.get('Access-Control-Allow-Methods')).toBe('POST')
    expect(answer.headers.get('Access-Control-Allow-Headers')).toBe(
      'Authorization, Content-Type, X-API-Key, X-Correlation-ID, traceparent, X-RateLimit-Exempt',
    )
    expect(answer.headers.get('Access-Control-Max-Age')).toBe('86400')
    expect(answer.headers.get('X-RateLimit-Remaining')).toBe('1000')
    expect(answer.headers.get('X-Correlation-ID')).not.toBeNull()
    expect(gateway.received).toEqual([])
  })

  it('gives the preflight of a refused origin the same answer without CORS headers', async () => {
    const gateway = await testGateway(CORS)

    const answer = await gateway.ask('/webhooks/stripe', preflight('https://evil.test'))

    expect(answer.status).toBe(204)
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    )
  })

  it('names in Allow only what is answered', async () => {
    const gateway = await testGateway(CORS)

    const plain = await gateway.ask('/webhooks/stripe', { method: 'OPTIONS' })
    const asked = await gateway.ask('/webhooks/stripe', preflight('https://app.example.com'))

    expect(plain.error.code).toBe('NOT_FOUND')
    expect(plain.headers.get('Allow')).toBe('POST')
    expect(asked.headers.get('Access-Control-Allow-Methods')).toBe('POST')
  })

  it('sends an OPTIONS that is no preflight on like any request', async () => {
    const gateway = await testGateway(CORS)

    await gateway.ask('/ollama/api/tags', { method: 'OPTIONS', token: await gateway.mint() })

    expect(gateway.received[0]?.method).toBe('OPTIONS')
  })
})
