import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRoutes } from '../../src/policy/route-table.ts'
import { DOCUMENT_ROUTES, OWN_ROUTES, ROUTES } from '../../src/policy/routes.ts'
import { match } from '../../src/steps/match.ts'

const routes = compileRoutes([...OWN_ROUTES, ...DOCUMENT_ROUTES, ...ROUTES])
const methods = ['GET', 'POST', 'DELETE'] as const
const headers = new Headers({ Host: 'gateway.test' })

/** Paths where a narrower or stricter row lies within, or beside, a wider one. */
const PATHS = [
  '/api/quotas/quotas/api/reset',
  '/quotas/quotas/api/reset',
  '/api-keys/k1/rotate',
  '/auth/sessions/current',
  '/auth/sessions/validate/abc',
  '/users/tier/tiers',
  '/admin/users/u1/suspend',
  '/api/admin/reports/export',
  '/tunnels/t1/config',
  '/ollama/api/chat',
]

const escaped = (character: string) => `%${character.charCodeAt(0).toString(16)}`
const twiceEscaped = (character: string) => `%25${character.charCodeAt(0).toString(16)}`

const spelling = fc.constantFrom<(character: string) => string>(
  (character) => character,
  (character) => character,
  (character) => character.toUpperCase(),
  escaped,
  twiceEscaped,
  (character) => escaped(character.toUpperCase()),
)
const respelled = (segment: string) =>
  fc
    .tuple(fc.nat({ max: segment.length - 1 }), spelling)
    .map(([at, spell]) => segment.slice(0, at) + spell(segment[at] ?? '') + segment.slice(at + 1))

const hostile = fc.constantFrom(
  ...[
    '',
    '.',
    '..',
    '%2e%2e',
    '.%2e',
    '%252e%252e',
    '..;',
    ';',
    ';x',
    '%3b',
    '..%2f',
    '%2f',
    '%5c',
  ],
  ...[
    '\\',
    '%00',
    '%',
    '%zz',
    '%ff',
    'x',
    'X%20y',
    'a;b',
    'admin',
    'users',
    'current',
    'caf%C3%A9',
  ],
)
const tail = fc.constantFrom(
  ...Array.from({ length: 12 }, () => ''),
  ';v=1',
  '%3Bv',
  '.',
  '%2e',
  '%20',
)

const segmentFrom = (segment: string) =>
  fc
    .tuple(
      fc.oneof(
        { weight: 5, arbitrary: fc.constant(segment) },
        { weight: 3, arbitrary: respelled(segment) },
        { weight: 1, arbitrary: hostile },
      ),
      tail,
    )
    .map((parts) => parts.join(''))

const path = fc
  .constantFrom(...PATHS)
  .chain((known) => fc.tuple(...known.split('/').slice(1).map(segmentFrom)))
  .chain((segments) =>
    fc.tuple(
      fc.constant(segments),
      fc.nat({ max: segments.length }),
      fc.option(hostile, { freq: 2 }),
    ),
  )
  .map(
    ([segments, at, extra]) => `/${segments.toSpliced(at, 0, ...(extra ? [extra] : [])).join('/')}`,
  )

const collapsed = (text: string) => text.replace(/\\/g, '/').replace(/\/{2,}/g, '/')
const withoutParameters = (text: string) => text.replace(/;[^/]*/g, '')

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}

function resolved(text: string): string {
  const kept: string[] = []
  for (const segment of text.split('/').slice(1)) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}

/** What servers of all kinds could make of a path. */
function readings(text: string): string[] {
  const layers = [text, decoded(text), decoded(decoded(text))]
  const cut = [...layers, ...layers.map(withoutParameters), decoded(withoutParameters(text))]
  const tidied = [...cut, ...cut.map((each) => resolved(collapsed(each)))]
  return [...tidied, ...tidied.map((each) => each.toLowerCase())]
}

function judge(method: string, text: string) {
  const url = `http://gateway.test${text}`
  return match({ method, url, headers }, new URL(url), routes)
}

describe('a path that is let through', () => {
  it('fits the same row in every reading', () => {
    fc.assert(
      fc.property(fc.constantFrom(...methods), path, (method, text) => {
        const decision = judge(method, text)
        const others = decision.allowed
          ? readings(text).filter((each) => routes.find(method, each) !== decision.value)
          : []

        expect(others).toEqual([])
      }),
      { numRuns: 10_000 },
    )
  })

  it('is what `URL` makes of it, so that the same is forwarded', () => {
    fc.assert(
      fc.property(path, (text) => {
        const { pathname } = new URL(`http://gateway.test${text}`)

        expect(judge('GET', text).allowed && pathname !== text).toBe(false)
      }),
    )
  })

  it('is common enough among these for the two to mean something', () => {
    const sample = fc.sample(fc.tuple(fc.constantFrom(...methods), path), 1_000)
    const admitted = sample.filter(([method, text]) => judge(method, text).allowed)
    const unusual = admitted.filter(([, text]) => /[%;A-Z]/.test(text))

    expect(unusual.length).toBeGreaterThan(30)
    expect(admitted.length).toBeLessThan(900)
  })
})
