import { env } from 'cloudflare:test'
import logRecords from '../../docs/log-records.md?raw'
import { assetsIn } from '../../src/adapters/assets.ts'
import { BoundedMap } from '../../src/adapters/bounded-map.ts'
import { Ed25519Signer } from '../../src/adapters/ed25519-signer.ts'
import type { KeyCopies } from '../../src/adapters/key-copies.ts'
import { OpenSockets } from '../../src/adapters/open-sockets.ts'
import { BoundedPlaces } from '../../src/adapters/places.ts'
import { RefusalMemory } from '../../src/adapters/refusal-memory.ts'
import { RevocationWatch } from '../../src/adapters/revocation-watch.ts'
import { SecretKeys } from '../../src/adapters/secret-keys.ts'
import { IssuerKeys } from '../../src/adapters/signing-keys.ts'
import { TokenMemory } from '../../src/adapters/token-memory.ts'
import { ResilientUpstream } from '../../src/adapters/upstream/resilient-upstream.ts'
import { BoundedWaitingRoom, sleep } from '../../src/adapters/waiting-room.ts'
import { configFrom } from '../../src/config.ts'
import { createGateway } from '../../src/gateway.ts'
import type { Attempted, Observer, Ports, Subjects } from '../../src/ports.ts'
import { NOTHING } from '../../src/watch/adding.ts'
import { type Explanation, explanationOf } from '../../src/watch/explanation.ts'
import { NOBODY } from '../../src/watch/seen.ts'
import { stepsOf } from '../../src/watch/span.ts'
import { mustBeDeclared } from './declared.ts'
import { undeclaredIn } from './declared-details.ts'
import { documentedFields, undocumentedIn } from './log-records.ts'
import { MemorySubjects } from './memory-subjects.ts'
import { secretsIn } from './secrets.ts'
import { AUDIENCE, ISSUER, JWKS_URL, testIssuer } from './tokens.ts'

const DOCUMENTED = documentedFields(logRecords)

export const START = Date.parse('2026-11-22T12:00:00Z')

/** Records that nobody keeps. */
export const AWAY: Ports['records'] = {
  read: async () => undefined,
  change: async () => undefined,
  audit: async () => undefined,
  changed: async () => undefined,
  signOut: async () => false,
  revocations: async () => undefined,
}

/** Nobody asks for anything. */
const QUIET: Ports['traffic'] = {
  read: async (span, now) => ({
    steps: stepsOf(span, now).map((time) => ({ time, seen: NOBODY })),
  }),
  total: async () => NOTHING,
}

function later(milliseconds: number, happen: () => void) {
  const timer = setTimeout(happen, milliseconds)
  return () => clearTimeout(timer)
}

/** Virtual time has no timers: what waits for one waits for good. */
const after = () => () => undefined

export interface GatewayOptions {
  /** Settings beside those that every gateway needs, as text. */
  readonly settings?: Readonly<Record<string, string>>
  readonly upstream?: (request: Request) => Response | Attempted | Promise<Response | Attempted>
  readonly subjects?: Subjects
  readonly records?: Ports['records']
  readonly traffic?: Ports['traffic']
  readonly explanations?: Ports['explanations']
  readonly events?: Ports['events']
  /** What an issuer answers at the address of its key set or of its discovery document. */
  readonly keySet?: (address: string) => Response | Promise<Response>
  /** What lies around the isolate; another gateway may have put it there. */
  readonly keyCopies?: readonly KeyCopies[]
  readonly readiness?: Ports['readiness']
  readonly tokenProvider?: Ports['tokenProvider']
  readonly sockets?: Ports['sockets']
  readonly after?: Ports['after']
  readonly assets?: Ports['assets']
  readonly observers?: Ports['observers']
  readonly version?: string
}

interface Ask {
  readonly method?: string
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: BodyInit
  readonly from?: string
}

/** The gateway as its clients see it, with the world outside in our hands: clock, issuer, upstream, counts. */
export async function testGateway(options: GatewayOptions = {}) {
  let clock = START
  const now = () => clock
  const issuer = await testIssuer(now)
  const records: Record<string, unknown>[] = []
  const received: Request[] = []
  const background: Promise<unknown>[] = []
  const checks: Promise<void>[] = []
  let keyFetches = 0
  /** How many of the records were compared with what is documented. */
  let looked = 0

  const outcome = configFrom({
    UPSTREAM_URL: 'https://upstream.test',
    UPSTASH_REDIS_REST_URL: 'https://store.test',
    UPSTASH_REDIS_REST_TOKEN: 'secret',
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE: AUDIENCE,
    JWT_JWKS_URL: JWKS_URL,
    GATEWAY_ENV: 'production',
    ...options.settings,
  })
  if (!outcome.valid) throw new Error(outcome.problems.join('\n'))

  function mustHideSecrets(where: string, written: unknown) {
    const found = secretsIn(JSON.stringify(written), new Set())
    if (found.length > 0) checks.push(Promise.reject(new Error(`${where}: ${found.join(', ')}`)))
  }
  const log = {
    write(record: Readonly<Record<string, unknown>>) {
      records.push(record)
      mustHideSecrets('logged', record)
    },
  }
  const explanations = new Map<string, Explanation>()
  const explaining: Observer = {
    observe(exchange, answered) {
      if (!exchange.denial) return
      const explanation = explanationOf(exchange, exchange.denial, answered)
      explanations.set(exchange.correlationId, explanation)
      mustHideSecrets('explained', explanation)
    },
  }
  const frame = {
    log,
    observers: [explaining, ...(options.observers ?? [])],
    now,
    lastReadings: new BoundedMap<string, never>(100),
    random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    background: (work: Promise<unknown>) => void background.push(work),
  }
  const publishedKeys = new SecretKeys(
    new IssuerKeys({
      ...frame,
      wait: sleep,
      copies: options.keyCopies ?? [],
      fetch: async (address) => {
        keyFetches += 1
        return options.keySet
          ? options.keySet(String(address))
          : Response.json(await issuer.keySet())
      },
    }),
  )
  let keyLookups = 0
  const signingKeys: Ports['signingKeys'] = {
    find(...wanted) {
      keyLookups += 1
      return publishedKeys.find(...wanted)
    },
    holds: (...wanted) => publishedKeys.holds(...wanted),
  }
  const { config } = outcome
  const { ownKeys } = config
  const ports: Ports = {
    ...frame,
    assets: options.assets ?? assetsIn(env.ASSETS),
    ...(options.version && { version: options.version }),
    signingKeys,
    places: new BoundedPlaces(Date.now, sleep),
    ...(ownKeys && { signer: new Ed25519Signer(ownKeys, log) }),
    rememberedTokens: new TokenMemory(signingKeys, now),
    refusedTokens: new RefusalMemory(now),
    after: options.after ?? later,
    waitingRoom: new BoundedWaitingRoom(async (milliseconds) => {
      clock += milliseconds
    }),
    subjects: options.subjects ?? new MemorySubjects(),
    records: options.records ?? AWAY,
    traffic: options.traffic ?? QUIET,
    explanations: options.explanations ?? { find: async () => undefined },
    events: options.events ?? { recent: async () => undefined },
    sockets: options.sockets ?? new OpenSockets(new RevocationWatch(AWAY, now), { now, after }),
    readiness: options.readiness ?? { check: () => Promise.reject(new Error('nobody to ask')) },
    tokenProvider: options.tokenProvider ?? {
      refresh: () => Promise.reject(new Error('nobody to ask')),
    },
    upstream: new ResilientUpstream(
      {
        ...frame,
        random: () => 0.5,
        async sleep(milliseconds) {
          clock += milliseconds
        },
        async attempt(request) {
          // As it was sent: one without a body may be sent again, and is changed for that.
          received.push(request.body ? request : new Request(request))
          const answer = (await options.upstream?.(request)) ?? Response.json({ tunnels: [] })
          return answer instanceof Response ? { kind: 'answered', response: answer } : answer
        },
      },
      outcome.config.fallback && {
        of: outcome.config.upstream,
        base: outcome.config.fallback,
      },
    ),
  }
  const gateway = createGateway(outcome.config, ports)

  /** Sends a request and leaves its answer's body unread. */
  async function open(path: string, { method = 'GET', token, headers, body, from }: Ask = {}) {
    const url = new URL(path, 'https://gateway.test')
    const response = await gateway.request(
      new Request(url, {
        method,
        redirect: 'manual',
        ...(body !== undefined && { body }),
        headers: {
          'CF-Connecting-IP': from ?? '203.0.113.7',
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...headers,
        },
      }),
    )
    checks.push(mustBeDeclared(response, method, config.routes.find(method, url.pathname)))
    return response
  }

  async function ask(path: string, asked: Ask = {}) {
    const before = background.length
    const response = await open(path, asked)
    const work = background.splice(before)
    const text = response.webSocket ? '' : await response.clone().text()
    await Promise.all([...work, ...checks.splice(0)])
    const undeclared = undeclaredIn(response.headers, text)
    if (undeclared.length > 0) throw new Error(`not in the reference: ${undeclared.join(', ')}`)
    const unread = records.slice(looked).flatMap((record) => undocumentedIn(record, DOCUMENTED))
    looked = records.length
    if (unread.length > 0) throw new Error(`not in docs/log-records.md: ${unread.join(', ')}`)
    return {
      response,
      status: response.status,
      headers: response.headers,
      text,
      get error(): ErrorBody {
        return JSON.parse(text).error
      },
      /** How it came to its error. */
      explanation: explanations.get(response.headers.get('X-Correlation-ID') ?? ''),
    }
  }

  return {
    ask,
    get: ask,
    open,
    mint: issuer.mint,
    sign: issuer.sign,
    seal: issuer.seal,
    rotateKeys: issuer.rotate,
    keySet: issuer.keySet,
    /** What the upstream was sent. */
    received,
    records,
    keyFetches: () => keyFetches,
    /** Once for each token that was verified. */
    keyLookups: () => keyLookups,
    pass: (milliseconds: number) => {
      clock += milliseconds
    },
    now,
  }
}

export interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly category: string
  readonly statusCode: number
  readonly correlationId: string
  readonly suggestion: string
  readonly details?: Readonly<Record<string, unknown>>
}
