import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSigningKey } from '../../scripts/signing-key.ts'
import { openWorld, parseRaw, sendRaw, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld({
    GATEWAY_SIGNING_KEY: newSigningKey(),
    LIMITS: '{"ip":{"minute":1000000,"hour":null}}',
  })
})
afterAll(() => world.stop())

/** What the gateway says about the caller, and nobody else may. */
const OURS = [
  'X-User-Id',
  'X-User-Issuer',
  'X-User-Tier',
  'X-User-Roles',
  'X-User-Permissions',
  'X-Gateway-Assertion',
] as const

/** CGI's name for a header (RFC 3875, section 4.1.18), with whatever a server might put in place of a sign. */
function folded(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}
const FOLDED = OURS.map(folded)

/** RFC 9110, section 5.6.2: what a name may be made of beside letters and digits. */
const SIGNS = [..."!#$%&'*+-.^_`|~"]

const spelling = fc
  .constantFrom(...OURS)
  .chain((name) =>
    fc
      .tuple(
        ...[...name].map((char) =>
          char === '-'
            ? fc.oneof(fc.constantFrom('-', '_', '.'), fc.constantFrom(...SIGNS))
            : fc.constantFrom(char.toLowerCase(), char.toUpperCase()),
        ),
      )
      .map((chars) => chars.join('')),
  )

/** Whatever may stand around a header's colon, legal or not. */
const spoof = fc
  .tuple(
    spelling,
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(': ', ':', ':\t') },
      { weight: 1, arbitrary: fc.constantFrom(' : ', '\t: ') },
    ),
    fc.constantFrom('spoofed', '', 'spoofed, spoofed', 'eyJhbGciOiJub25lIn0.e30.'),
  )
  .map((parts) => parts.join(''))

async function passed(lines: readonly string[]) {
  const id = crypto.randomUUID()
  const head = ['Host: 127.0.0.1', 'Connection: close', `X-Correlation-ID: ${id}`, ...lines]
  const answer = parseRaw(
    await sendRaw(world.gateway.port, `GET /demo/echo HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`),
  )
  const request = world.upstream.received.find(({ correlationId }) => correlationId === id)
  return {
    status: answer.status,
    aboutCaller: (request?.headers ?? []).filter(([name]) => FOLDED.includes(folded(name))),
  }
}

describe('what a client says about itself in the gateway’s words', () => {
  it('never passes, however it is spelled', async () => {
    let forwarded = 0
    await fc.assert(
      fc.asyncProperty(fc.array(spoof, { minLength: 1, maxLength: 8 }), async (lines) => {
        const { status, aboutCaller } = await passed(lines)

        if (status === 200) forwarded += 1
        expect(aboutCaller.map(([name]) => name.toLowerCase())).toEqual(
          status === 200 ? ['x-gateway-assertion'] : [],
        )
        expect(aboutCaller.flat().join()).not.toContain('spoofed')
        expect(aboutCaller.flat().join()).not.toContain('.e30.')
      }),
      { numRuns: 150 },
    )

    // A runtime that refused them all would prove nothing.
    expect(forwarded).toBeGreaterThan(30)
  }, 60_000)

  it('never stands beside what the gateway knows', async () => {
    const token = await world.issuer.mint({
      subject: 'auth0|alice',
      tier: 'premium',
      roles: ['reader'],
      permissions: ['read:own'],
    })
    const bearer = `Authorization: Bearer ${token}`

    await fc.assert(
      fc.asyncProperty(fc.array(spelling, { minLength: 1, maxLength: 8 }), async (names) => {
        const lines = names.map((name) => `${name}: spoofed`)

        const { status, aboutCaller } = await passed([...lines, bearer, ...lines])

        const said = Object.fromEntries(
          aboutCaller.map(([name, value]) => [name.toLowerCase(), value]),
        )
        expect(status).toBe(200)
        expect(aboutCaller).toHaveLength(OURS.length)
        expect(said).toEqual({
          'x-user-id': 'auth0|alice',
          'x-user-issuer': world.issuer.issuer,
          'x-user-tier': 'premium',
          'x-user-roles': 'reader',
          'x-user-permissions': 'read:own',
          'x-gateway-assertion': expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        })
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  it.each([
    ['on a folded line', ['X-Custom: a', ' X-User-Id: spoofed']],
    ['on a folded line of its own', ['X-Custom: a\r\n\tX-User-Id: spoofed']],
    ['after a bare CR', ['X-Custom: a\rX-User-Id: spoofed']],
    ['after a bare LF', ['X-Custom: a\nX-User-Id: spoofed']],
    ['after a NUL', ['X-Custom: a\0X-User-Id: spoofed']],
    ['named by Connection', ['Connection: X-User-Id', 'X-User-Id: spoofed']],
    // U+017F and U+0131, which in capitals are an S and an I.
    ['in letters that become others', ['X-U\xc5\xbfer-Id: spoofed', 'X-User-\xc4\xb1d: spoofed']],
    ['in bytes that are no letters', ['X-User-Id\xa0: spoofed', '\xa0X-User-Id: spoofed']],
  ])('does not pass %s', async (_, lines) => {
    const { aboutCaller } = await passed(lines)

    expect(aboutCaller.filter(([name]) => folded(name).startsWith('X_USER'))).toEqual([])
  })

  it('does not pass as a trailer', async () => {
    const id = crypto.randomUUID()
    const head = `POST /demo/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n`
    const body = 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-User-Id: spoofed\r\n\r\n'

    const answer = await sendRaw(world.gateway.port, `${head}X-Correlation-ID: ${id}\r\n${body}`)

    expect(answer).not.toContain('spoofed')
    const request = world.upstream.received.find(({ correlationId }) => correlationId === id)
    expect(JSON.stringify(request?.headers)).not.toContain('spoofed')
  })
})
