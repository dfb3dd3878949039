import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GatewayOptions, testGateway } from '../support/gateway.ts'

/** Letters alone, so that it fits wherever a client writes anything. */
const anything = fc.stringMatching(/^[a-zA-Z]{24}$/)

/** What a text of the upstream's can be rid of: what looks like a secret, or stands under the name of one. */
const telling = fc.oneof(
  fc.stringMatching(/^eyJ[\w-]{12}\.eyJ[\w-]{12}\.[\w-]{20}$/),
  fc.stringMatching(/^ctll_[\w-]{20}$/),
  fc.stringMatching(/^sk_live_[A-Za-z0-9]{24}$/),
  fc.stringMatching(/^[a-z]{12}@[a-z]{8}\.example$/),
)

const status = fc.constantFrom(400, 401, 403, 404, 409, 418, 422, 429, 500, 501, 502, 503, 504, 599)

/** One place for the secret at a time: another's refusal must not keep it from being looked at. */
const PLACES = {
  'a header that nobody knows': (s: string) => ({ headers: { 'X-Anything': s } }),
  Authorization: (s: string) => ({ token: s }),
  'another scheme': (s: string) => ({ headers: { Authorization: `Basic ${s}` } }),
  'an API key': (s: string) => ({ headers: { 'X-API-Key': `ctll_${s}` } }),
  'a cookie': (s: string) => ({ headers: { Cookie: `refreshToken=${s}` } }),
  'a claimed exemption': (s: string) => ({ headers: { 'X-RateLimit-Exempt': s } }),
  traceparent: (s: string) => ({ headers: { traceparent: s } }),
  Forwarded: (s: string) => ({ headers: { Forwarded: s, 'X-Forwarded-For': s, Via: s } }),
  'a content type': (s: string) => ({ headers: { 'Content-Type': `application/${s}` } }),
  'a content coding': (s: string) => ({ headers: { 'Content-Encoding': s } }),
  'a charset': (s: string) => ({ headers: { 'Content-Type': `text/json; charset=${s}` } }),
  'the path': (s: string) => ({ path: `/tunnels/${s}` }),
  'an id that is none': (s: string) => ({ path: `/tunnels/:${s}` }),
  'an unlisted path': (s: string) => ({ path: `/${s}` }),
  'a doubtful path': (s: string) => ({ path: `/tunnels/${s}%2f` }),
  'a page of the gateway': (s: string) => ({ path: `/_gateway/assets/${s}` }),
  'a code': (s: string) => ({ path: `/_gateway/errors/${s}` }),
  'a value of the query': (s: string) => ({ path: `/tunnels?page=${s}` }),
  'an id in the query': (s: string) => ({ path: `/tunnels?tunnelId=%22${s}` }),
  'a name in the query': (s: string) => ({ path: `/tunnels?${s}Id=null&page=x` }),
  'a token in the query': (s: string) => ({ path: `/tunnels?access_token=${s}` }),
  'a value of the body': (s: string) => ({ body: JSON.stringify({ name: { [s]: s } }) }),
  'a name in the body': (s: string) => ({ body: `{"${s}":1,"config":{"timeout":"${s}"}}` }),
  'no JSON': (s: string) => ({ body: `{"name":"${s}` }),
  'a form': (s: string) => ({ body: `name=&${s}=${s}` }),
} as const

const place = fc.constantFrom(...(Object.keys(PLACES) as (keyof typeof PLACES)[]))

/** All explanations of what a world answers to it, with a token and without one. */
async function explainedIn(options: GatewayOptions, secret: string, where: keyof typeof PLACES) {
  const world = await testGateway(options)
  const good = await world.mint()
  const asked: { path?: string; body?: string; token?: string; headers?: object } =
    PLACES[where](secret)
  const { path = '/tunnels', headers, ...more } = asked
  const written = { 'Content-Type': 'application/json', ...headers }
  const withBody = { method: 'POST', body: '{"name":"Home"}', headers: written, ...more }
  const asks = [
    { ...more, ...(more.body && withBody), headers: written },
    { ...withBody },
    { token: good, ...withBody },
    { token: good, headers: written, ...(more.token && { token: more.token }) },
  ]
  const told: unknown[] = []
  for (const ask of asks) told.push((await world.ask(path, ask)).explanation)
  return told.filter((explanation) => explanation !== undefined)
}

describe('no explanation repeats', () => {
  it('what a client has written, wherever it has', { timeout: 60_000 }, async () => {
    let explained = 0
    await fc.assert(
      fc.asyncProperty(anything, place, status, async (secret, where, answered) => {
        const upstream = () => new Response('no', { status: answered })

        const told = await explainedIn({ upstream }, secret, where)

        explained += told.length
        expect(JSON.stringify(told)).not.toContain(secret)
      }),
      { numRuns: 200 },
    )
    expect(explained).toBeGreaterThan(200)
  })

  it('what looks like a secret in an upstream’s answer, wherever it stands', async () => {
    const shapes = fc.constantFrom(
      (s: string) => JSON.stringify({ error: { code: 'X_Y', message: `no ${s} here` } }),
      (s: string) => JSON.stringify({ error: s, details: { token: s } }),
      (s: string) => JSON.stringify({ [s]: { stack: `Error: ${s}\n at ${s}` } }),
      (s: string) => `<html><title>${s}</title>Bearer ${s}</html>`,
      (s: string) => `${'x '.repeat(1_990)}${s}`,
    )
    await fc.assert(
      fc.asyncProperty(telling, shapes, status, async (secret, shape, answered) => {
        const headers = { 'X-Secret': secret, 'Retry-After': secret, Allow: secret }
        const upstream = () => new Response(shape(secret), { status: answered, headers })
        const world = await testGateway({ upstream })

        const { explanation } = await world.ask('/tunnels', { token: await world.mint() })

        expect(explanation?.upstream?.original).toBeDefined()
        expect(JSON.stringify(explanation)).not.toContain(secret)
      }),
    )
  })
})
