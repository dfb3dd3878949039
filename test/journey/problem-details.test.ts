import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

const PROBLEM = 'application/problem+json'

async function refused(accept: string, settings: Readonly<Record<string, string>> = {}) {
  const gateway = await testGateway({ settings })
  return gateway.get('/tunnels', {
    headers: { Accept: accept, 'X-Correlation-ID': 'abcd-1234' },
  })
}

describe('an error answer', () => {
  it('links to the page about its code', async () => {
    const gateway = await testGateway()

    const { headers } = await gateway.get('/tunnels')

    expect(headers.get('Link')).toBe('</_gateway/errors/MISSING_TOKEN>; rel="help"')
  })

  it('links to it where the upstream has failed too', async () => {
    const gateway = await testGateway({
      upstream: () => new Response('<h1>nginx</h1>', { status: 502, headers: { Link: '</x>' } }),
    })

    const { headers } = await gateway.get('/health')

    expect(headers.get('Link')).toBe('</_gateway/errors/EXTERNAL_SERVICE_UNAVAILABLE>; rel="help"')
  })
})

describe('problem details', () => {
  it('stand beside the envelope for whoever names them', async () => {
    const answer = await refused(PROBLEM)

    const type = 'https://gateway.test/_gateway/errors/MISSING_TOKEN'
    expect(answer.status).toBe(401)
    expect(answer.headers.get('Content-Type')).toBe(PROBLEM)
    expect(JSON.parse(answer.text)).toEqual({
      type,
      title: 'Token required',
      status: 401,
      detail: 'Provide valid JWT token in Authorization header',
      instance: `${type}#abcd-1234`,
      error: {
        code: 'MISSING_TOKEN',
        message: 'Token required',
        category: 'authentication',
        statusCode: 401,
        correlationId: 'abcd-1234',
        suggestion: 'Provide valid JWT token in Authorization header',
      },
    })
  })

  it('carry the headers and details of any error', async () => {
    const gateway = await testGateway({ settings: { LIMITS: '{"ip":{"minute":1}}' } })
    await gateway.get('/health')

    const { headers, text } = await gateway.get('/health', { headers: { Accept: PROBLEM } })

    expect(JSON.parse(text)).toMatchObject({ status: 429, error: { details: { retryAfter: 60 } } })
    expect(headers.get('Retry-After')).toBe('60')
    expect(headers.get('X-RateLimit-Remaining')).toBe('0')
    expect(headers.get('Cache-Control')).toBe('no-store')
  })

  it('say what the upstream’s own envelope suggests', async () => {
    const error = {
      code: 'TUNNEL_NOT_FOUND',
      message: 'Tunnel not found',
      category: 'not_found',
      statusCode: 404,
      correlationId: 'theirs-1234',
      suggestion: 'Ask Anna',
    }
    const gateway = await testGateway({
      upstream: () => Response.json({ error }, { status: 404 }),
    })

    const { text } = await gateway.get('/tunnels/7', {
      token: await gateway.mint(),
      headers: { Accept: PROBLEM },
    })

    expect(JSON.parse(text)).toMatchObject({
      detail: 'Ask Anna',
      error: { suggestion: 'Ask Anna' },
    })
  })

  it.each([
    ['named alone', PROBLEM],
    ['named beside JSON', `application/json, ${PROBLEM}`],
    ['weighing more than JSON', `application/json;q=0.8, ${PROBLEM};q=0.9`],
    ['before anything', `*/*, ${PROBLEM}`],
    ['written large', 'Application/Problem+JSON'],
    ['with a parameter', `${PROBLEM};charset=utf-8`],
  ])('are sent where they are %s', async (_, accept) => {
    const { headers, text } = await refused(accept)

    expect(headers.get('Content-Type')).toBe(PROBLEM)
    expect(JSON.parse(text).status).toBe(401)
  })

  it.each([
    ['anything will do', '*/*'],
    ['any application type will do', 'application/*'],
    ['JSON is asked for', 'application/json'],
    ['a browser asks', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['they weigh less than JSON', `${PROBLEM};q=0.5, application/json`],
    ['they weigh less than anything', `${PROBLEM};q=0.1, */*;q=0.2`],
    ['they are refused', `${PROBLEM};q=0, */*`],
    ['they are meant in XML', 'application/problem+xml'],
    ['nothing is', ''],
  ])('are not sent where %s', async (_, accept) => {
    const { headers, text } = await refused(accept)

    expect(headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(Object.keys(JSON.parse(text))).toEqual(['error'])
  })

  it('make an answer one of several', async () => {
    const { headers } = await refused('application/json')

    expect(headers.get('Vary')).toBe('Accept, Origin')
  })
})
