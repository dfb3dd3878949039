import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'
import { openWorld, sendRaw, type World } from './world.ts'

const BASE = '/base/v1'

let world: World
let upstream: RawUpstream
let gateways: Readonly<Record<string, ServedWorker>>
let admin: string
beforeAll(async () => {
  ;[world, upstream] = await Promise.all([openWorld(), startRawUpstream()])
  const settings = {
    LIMITS: '{"ip":{"minute":1000000,"hour":null},"tiers":{"free":{"minute":1000000,"hour":null}}}',
    // Whatever is not administration is open to everyone: here any slip would show.
    ROUTES: JSON.stringify([
      { path: '/admin/*', access: 'admin' },
      { path: '/*', access: 'public' },
    ]),
  }
  gateways = {
    '': await world.another({ ...settings, UPSTREAM_URL: upstream.url }),
    [BASE]: await world.another({ ...settings, UPSTREAM_URL: upstream.url + BASE }),
  }
  admin = await world.issuer.mint({ roles: ['super_admin'] })
})
afterAll(() => Promise.all([world.stop(), upstream.stop()]))

const NAMES = ['admin', 'users', 'open', 'x', 'a.b', 'caf%C3%A9', 'a%20b', '~joe', '100%25']
const RESPELLED = [
  'ADMIN',
  'Admin',
  '%61dmin',
  'adm%69n',
  '%41dmin',
  '%2561dmin',
  'admin%00',
  'admi',
]
const DOTS = ['.', '..', '%2e', '%2e%2e', '.%2E', '%252e%252e', '..;', '..;x=1', '%2e%2e%3b', '...']
const SLASHES = ['%2f', '%2F', '%252f', '%5c', '%255C', '\\', '//', '/./', '/../', '/;/', '/..%2f']
const STRANGE = [
  '%00',
  '%2500',
  '\0',
  '%0a',
  '%0d%0a',
  '%7f',
  ' ',
  '\t',
  '%20',
  '+',
  '%',
  '%2',
  '%zz',
]
const BROKEN = [
  '%ff',
  '%c0%ae',
  '%c0%af',
  '%ed%a0%80',
  '%u002e',
  '%e0%80%ae',
  '\xff',
  'caf\xc3\xa9',
]
const SIGNS = [
  ';',
  ';v=1',
  '%3b',
  '%3Bx',
  '?',
  '?a=/../admin',
  '%3f',
  '#',
  '%23',
  '@',
  ':',
  '*',
  '&=',
]
const LONG = ['a'.repeat(8_000), '/a'.repeat(4_000), '%61'.repeat(2_700), '../'.repeat(2_700)]

const oneOf = (weight: number, pieces: readonly string[]) => ({
  weight,
  arbitrary: fc.constantFrom(...pieces),
})
const piece = fc.oneof(
  oneOf(40, NAMES),
  oneOf(12, RESPELLED),
  oneOf(12, DOTS),
  oneOf(8, SLASHES),
  oneOf(4, STRANGE),
  oneOf(3, BROKEN),
  oneOf(8, SIGNS),
  oneOf(1, LONG),
)
const joint = fc.oneof(oneOf(5, ['/']), oneOf(1, ['', '//', '/./', ';']))
const path = fc
  .array(fc.tuple(joint, piece), { minLength: 1, maxLength: 5 })
  .map((parts) => `/${parts.flat().join('').replace(/^\//, '')}`)
const anywhere = fc.oneof(
  path,
  path.map((rest) => `/admin${rest}`),
)
/** RFC 9112, section 3.2: a target may name a host too. */
const prefix = fc.oneof(oneOf(8, ['']), oneOf(1, ['http://127.0.0.1', 'https://127.0.0.1:8443']))
const base = fc.constantFrom('', BASE)
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS')

const unescaped = (text: string) =>
  text
    .replace(/%c0%ae|%e0%80%ae|%u002e/gi, '.')
    .replace(/%c0%af/gi, '/')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

function resolved(text: string): string {
  const kept: string[] = []
  for (const segment of text.replaceAll('\\', '/').split('/').filter(Boolean)) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}

/**
 * What servers make of a path: as it is (Express), decoded (nginx), decoded twice (one behind another), each without
 * `;parameters` (Tomcat) and cut at a NUL (C); slashes merged, dots resolved, and without regard to case.
 */
function readings(text: string): string[] {
  const decoded = [text, unescaped(text), unescaped(unescaped(text))]
  const cut = decoded.flatMap((each) => [
    each,
    each.split('\0', 1)[0] ?? '',
    each.replace(/;[^/\\]*/g, ''),
    unescaped(each.replace(/;[^/\\]*/g, '')),
  ])
  return [...new Set(cut.map((each) => resolved(each).toLowerCase()))]
}

const isAdmin = (reading: string) => reading === '/admin' || reading.startsWith('/admin/')

/** The target that the upstream was sent, byte for byte; undefined where it heard nothing. */
async function targetSent(
  worker: ServedWorker | undefined,
  line: string,
  ...fields: readonly string[]
): Promise<string | undefined> {
  const before = upstream.received.length
  const lines = [`${line} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...fields]
  await sendRaw(worker?.port ?? 0, `${lines.join('\r\n')}\r\n\r\n`)
  const [request, ...more] = upstream.received.slice(before)
  expect(more).toEqual([])
  return request?.split(' ')[1]
}

const pathOf = (target: string) => target.split(/[?#]/, 1)[0] ?? ''
/** As the upstream's own servers read it, less the base that the gateway put before it. */
const readingsBelow = (target: string, root: string) =>
  readings(pathOf(target)).map((each) =>
    each === root || each.startsWith(`${root}/`)
      ? each.slice(root.length) || '/'
      : `outside: ${each}`,
  )

describe('what the upstream reads', () => {
  it('is never administration where nobody has shown to be an admin', async () => {
    let reached = 0
    await fc.assert(
      fc.asyncProperty(method, base, prefix, anywhere, async (asked, root, host, text) => {
        const target = await targetSent(gateways[root], `${asked} ${host}${text}`)
        if (target === undefined) return

        reached += 1
        expect(pathOf(target)).toBe(root + pathOf(text))
        expect(readingsBelow(target, root).filter((each) => isAdmin(each))).toEqual([])
        expect(readingsBelow(target, root).join()).not.toContain('outside')
      }),
      { numRuns: 3_000 },
    )

    // A gateway that refused them all would prove nothing.
    expect(reached).toBeGreaterThan(300)
  }, 60_000)

  it('asks for the policy that was applied, whoever asks', async () => {
    const reached = new Map<string, string[]>()
    await fc.assert(
      fc.asyncProperty(base, fc.uuid(), anywhere, async (root, id, text) => {
        const target = await targetSent(
          gateways[root],
          `GET ${text}`,
          `Authorization: Bearer ${admin}`,
          `X-Correlation-ID: ${id}`,
        )
        if (target === undefined) return

        const rows = readingsBelow(target, root).map((each) => (isAdmin(each) ? '/admin/*' : '/*'))
        reached.set(id, [...new Set(rows)])
      }),
      { numRuns: 1_000 },
    )

    const records = () =>
      Object.values(gateways)
        .flatMap((worker) => worker.log().split('\n'))
        .filter((line) => line.includes('"event":"exchange"'))
        .map((line): { correlationId: string; route?: string } => JSON.parse(line))
    await expect
      .poll(() => records().filter(({ correlationId }) => reached.has(correlationId)).length)
      .toBe(reached.size)
    const applied = new Map(records().map(({ correlationId, route }) => [correlationId, [route]]))
    const policies = [...reached.values()].flat()

    expect([...reached].filter(([id, rows]) => `${applied.get(id)}` !== `${rows}`)).toEqual([])
    expect(policies.filter((row) => row === '/admin/*').length).toBeGreaterThan(20)
    expect(policies.filter((row) => row === '/*').length).toBeGreaterThan(100)
  }, 60_000)
})
