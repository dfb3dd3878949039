import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { responseOf } from '../steps/normalize-support.ts'
import { testGateway } from '../support/gateway.ts'
import { brokenPromises, brokenPromisesOfError } from '../support/promises.ts'
import { errorBytes, foreignHeaders, INSIDE, status } from '../support/upstream-behaviours.ts'
import { statusesFor, statusOfLost } from '../support/upstream-meanings.ts'

const ROUTES = [
  { path: '/open/*', access: 'public' },
  { path: '/users/*', access: 'user', resource: 'USER' },
  { path: '/tunnels/*', access: 'user', resource: 'TUNNEL' },
  { path: '/sessions/*', access: 'user', resource: 'SESSION' },
  { path: '/webhooks/*', access: 'user', resource: 'WEBHOOK' },
  { path: '/things/*', access: 'user' },
]
const SETTINGS = {
  ROUTES: JSON.stringify(ROUTES),
  LIMITS: '{"ip":{"minute":100000,"hour":10000000},"tiers":{"enterprise":{"minute":100000}}}',
}

const EMPTY = [204, 205, 304]

const path = fc.constantFrom(
  '/open/x',
  '/users/x',
  '/tunnels/x',
  '/sessions/x',
  '/webhooks/x',
  '/things/x',
)
const method = fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD')

/** How the body comes: whole, in pieces, packed, packed under a false name, cut, or far too long. */
const manner = fc.constantFrom(
  ...(['whole', 'whole', 'pieces', 'deflate', 'x-gzip', 'mislabelled', 'cut', 'endless'] as const),
)

const behaviour = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('answered' as const),
      status,
      headers: foreignHeaders,
      bytes: errorBytes,
      manner,
      tokenEnds: fc.integer({ min: 0, max: 19 }).map((chance) => chance === 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('unreachable', 'lost', 'late') }),
  },
)
type Behaviour = typeof behaviour extends fc.Arbitrary<infer T> ? T : never
type Answer = Extract<Behaviour, { kind: 'answered' }>

let gateway: Awaited<ReturnType<typeof testGateway>>
let behave: () => Promise<Response | { kind: 'unreachable' | 'lost' | 'late' }>
beforeAll(async () => {
  gateway = await testGateway({ settings: SETTINGS, upstream: () => behave() })
})

const isGood = (status: number) => status >= 200 && status < 400

async function packed(bytes: Uint8Array, format: 'deflate' | 'gzip'): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(format))
  return new Response(stream).bytes()
}

function streamOf(chunks: readonly Uint8Array[], end: 'close' | 'fail'): ReadableStream {
  const left = [...chunks]
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const chunk = left.shift()
      // A copy: its buffer is given away.
      if (chunk) controller.enqueue(chunk.slice())
      else if (end === 'close') controller.close()
      else controller.error(new Error(`Network connection lost ${INSIDE[0]}`))
    },
  })
}

async function bodyOf({ bytes, manner, status }: Answer) {
  const third = Math.ceil(bytes.length / 3)
  const pieces = [bytes.subarray(0, third), bytes.subarray(third)].filter(
    ({ length }) => length > 0,
  )
  if (EMPTY.includes(status)) return { body: null }
  // Of a good answer nothing may be judged by its parts, nor be cut here: that is for real sockets.
  if (isGood(status)) return { body: manner === 'pieces' ? streamOf(pieces, 'close') : bytes }
  switch (manner) {
    case 'pieces':
      return { body: streamOf(pieces, 'close') }
    case 'deflate':
      return { body: await packed(bytes, 'deflate'), coding: 'Deflate' }
    case 'x-gzip':
      return { body: await packed(bytes, 'gzip'), coding: 'x-gzip' }
    case 'mislabelled':
      return { body: bytes, coding: 'deflate' }
    case 'cut':
      return { body: streamOf(pieces, 'fail') }
    case 'endless':
      return { body: streamOf([...pieces, new Uint8Array(70_000).fill(120)], 'fail') }
    case 'whole':
      return { body: bytes }
  }
}

async function responseFor(answer: Answer): Promise<Response> {
  const { body, coding } = await bodyOf(answer)
  const headers = { ...answer.headers, ...(coding && { 'Content-Encoding': coding }) }
  const { status } = answer
  return status >= 200 && status <= 599
    ? new Response(body, { status, headers })
    : responseOf(status, body, headers)
}

let ids = 0
async function ask(behaviour: Behaviour, path: string, method: string) {
  // Nothing of the case before counts any more, neither its failures nor its requests.
  gateway.pass(11_000)
  ids += 1
  const id = `generated-${ids}`
  behave = async () => {
    if (behaviour.kind !== 'answered') return behaviour
    if (behaviour.tokenEnds) gateway.pass(3_700_000)
    return responseFor(behaviour)
  }
  const verified = path !== '/open/x'
  const answer = await gateway.ask(path, {
    method,
    headers: { 'X-Correlation-ID': id },
    ...(verified && { token: await gateway.mint({ tier: 'enterprise' }) }),
    ...(['POST', 'PATCH'].includes(method) && { body: '{}' }),
  })
  const record = gateway.records.splice(0).find(({ event }) => event === 'exchange')
  const { response, status, headers, text } = answer
  return { response, status, headers, text, id, method, verified, record }
}

type Asked = Awaited<ReturnType<typeof ask>>

/** What is wrong with the answer to such an upstream. */
async function faultsOf(behaviour: Behaviour, answer: Asked): Promise<string[]> {
  return behaviour.kind === 'answered' && isGood(behaviour.status)
    ? faultsOfGood(behaviour, answer)
    : faultsOfError(behaviour, answer)
}

async function faultsOfGood({ status, bytes }: Answer, answer: Asked): Promise<string[]> {
  const body = EMPTY.includes(status) || answer.method === 'HEAD' ? new Uint8Array() : bytes
  const came = new Uint8Array(await answer.response.arrayBuffer())
  return [
    ...brokenPromises(answer, answer.id),
    ...(answer.status === status ? [] : [`status ${answer.status}`]),
    ...(came.toHex() === body.toHex() ? [] : [`other bytes: ${came.toHex()}`]),
    ...(answer.headers.has('X-Gateway-Error-Source') ? ['a source of no error'] : []),
    ...(answer.record?.upstreamError === undefined ? [] : ['a record of no error']),
  ]
}

function faultsOfError(behaviour: Behaviour, answer: Asked): string[] {
  const { status, headers, text, method, verified, record, id } = answer
  const said = behaviour.kind === 'answered' ? behaviour.status : undefined
  const lost = behaviour.kind === 'unreachable' ? 503 : statusOfLost(method)
  const statuses = said === undefined ? [lost] : statusesFor(said, method, verified)
  const isClients = said !== undefined && said >= 400 && said < 500 && status < 500
  const leaks = isClients
    ? []
    : INSIDE.filter((words) => `${everything(headers)}${text}`.includes(words))
  const source = said === undefined ? 'gateway' : 'upstream'
  return [
    ...(method === 'HEAD'
      ? [...brokenPromises(answer, id), ...(text === '' ? [] : ['a body of a HEAD'])]
      : brokenPromisesOfError(answer, id, isClients)),
    ...(statuses.includes(status) ? [] : [`status ${status}, not one of ${statuses}`]),
    ...leaks.map((words) => `a leak: ${words}`),
    ...(headers.get('X-Gateway-Error-Source') === source ? [] : ['a wrong source']),
    ...faultsOfRecord(record, status, id),
  ]
}

const everything = (headers: Headers) => JSON.stringify([...headers])

function faultsOfRecord(record: Asked['record'], status: number, id: string): string[] {
  const line = JSON.stringify(record ?? {})
  const { upstreamError = '' } = record ?? {}
  return [
    ...(record?.correlationId === id && record.status === status ? [] : ['another record']),
    ...(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u.test(line) ? [] : ['a record of several lines']),
    ...(String(upstreamError).length <= 1_000 ? [] : ['an endless record']),
    ...(/Tr0ub4dor/.test(line) ? ['a password in the log'] : []),
  ]
}

describe('10,000 upstreams of all kinds', () => {
  it('get no word past the contract, and their good answers pass byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(behaviour, path, method, async (behaviour, path, method) => {
        const answer = await ask(behaviour, path, method)

        expect(await faultsOf(behaviour, answer)).toEqual([])
      }),
      { numRuns: 10_000 },
    )
  }, 120_000)
})

describe('every status of an upstream from 100 to 999', () => {
  const every = Array.from({ length: 900 }, (_, index) => index + 100)
  const silent = (status: number): Behaviour => ({
    kind: 'answered',
    status,
    headers: {},
    bytes: new Uint8Array(),
    manner: 'whole',
    tokenEnds: false,
  })

  it.each(['GET', 'POST'])('keeps the contract, for a %s', async (method) => {
    const faults: string[] = []
    for (const status of every) {
      const answer = await ask(silent(status), '/open/x', method)
      faults.push(...(await faultsOf(silent(status), answer)).map((fault) => `${status}: ${fault}`))
    }

    expect(faults).toEqual([])
  })
})

describe('a 404 without a code', () => {
  it.each([
    ['/users/x', 'USER_NOT_FOUND'],
    ['/tunnels/x', 'TUNNEL_NOT_FOUND'],
    ['/sessions/x', 'SESSION_NOT_FOUND'],
    ['/webhooks/x', 'WEBHOOK_NOT_FOUND'],
    ['/things/x', 'NOT_FOUND'],
    ['/open/x', 'NOT_FOUND'],
  ])('on %s is %s, as its row names the resource', async (path, code) => {
    behave = async () => Response.json({ error: 'Not found' }, { status: 404 })

    const answer = await gateway.get(path, { token: await gateway.mint({ tier: 'enterprise' }) })

    expect(answer.error).toMatchObject({
      code,
      details: { upstreamStatus: 404, reason: 'Not found' },
    })
  })
})
