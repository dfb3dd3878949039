import type { Answered, Exchange, Wait } from '../exchange.ts'
import { holdsCredential } from '../policy/credential-shape.ts'
import { breakerSaid } from './breaker-said.ts'
import { traceIdOf } from './sampling.ts'

/** A part of a trace, in the names of OpenTelemetry's semantic conventions for HTTP. */
export interface Span {
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client'
  readonly traceId: string
  readonly spanId: string
  readonly parentId?: string | undefined
  /** The parent is somebody else's span. */
  readonly remote?: boolean
  /** The W3C flags of the trace. */
  readonly flags: number
  /** Milliseconds, both; `since` from the epoch. */
  readonly since: number
  readonly ms: number
  readonly failed: boolean
  /** What is undefined is left out. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>
}

/** Where requests go that name no upstream of their own. */
export interface Upstreams {
  readonly upstream: URL
  readonly fallback: URL | undefined
}

/** What a span says beside its place in the trace. */
type Part = Pick<Span, 'name' | 'kind' | 'since' | 'ms'> & Partial<Span>

/** RFC 9110 and RFC 5789: any other is a word that somebody chose. */
const METHODS = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)$/

/** No host name is longer. */
const MAX_HOST = 253

/**
 * The exchange as a tree of two levels, the gateway's own span first. Of what a client wrote it holds the method, the
 * host and the correlation id: never the path or the query, which may hold secrets.
 */
export function spansOf(
  exchange: Exchange,
  answered: Answered,
  upstreams: Upstreams,
  newId: () => string,
): readonly Span[] {
  const { trace, startedAt } = exchange
  const spanId = newId()
  const known = {
    traceId: traceIdOf(trace),
    flags: Number(trace.traceparent.slice(53)),
    failed: false,
    attributes: {},
  }
  const ms = Math.max(0, answered.durationMs)
  const parts = [...stepsOf(exchange), ...callOf(exchange, answered, upstreams)]
  return [
    {
      ...known,
      ...serverPart(exchange, answered),
      spanId,
      parentId: trace.parentId,
      remote: true,
      since: startedAt,
      ms,
    },
    ...parts.map((part) => ({
      ...known,
      spanId: newId(),
      parentId: spanId,
      ...part,
      ...within(part, startedAt, startedAt + ms),
    })),
  ]
}

function serverPart(
  exchange: Exchange,
  { method, status }: Answered,
): Pick<Span, 'name' | 'kind' | 'failed' | 'attributes'> {
  const { url, route, caller, denial, verdict, correlationId, exemption } = exchange
  const known = METHODS.test(method)
  const name = known ? method : 'HTTP'
  return {
    name: route ? `${name} ${route.path}` : name,
    kind: 'server',
    failed: status >= 500,
    attributes: {
      'http.request.method': known ? method : '_OTHER',
      'http.route': route?.path,
      'http.response.status_code': status,
      'url.scheme': url.protocol.slice(0, -1),
      ...placeOf(url),
      'error.type': denial?.code,
      'gateway.correlation_id': correlationId,
      'gateway.cause': denial?.cause,
      'gateway.counted': verdict?.source,
      'gateway.caller': caller?.kind,
      'gateway.tier': caller?.kind === 'user' ? caller.principal.tier : undefined,
      'gateway.exemption': exemption,
    },
  }
}

/** What the request waited for before it was sent on, by the names of the steps. */
function stepsOf({ waited, verdict, queuedMs }: Exchange): readonly Part[] {
  const { identity, place, store, body } = waited
  const internal = (name: string, wait: Wait | undefined): readonly Part[] =>
    wait ? [{ name, kind: 'internal', ...wait }] : []
  return [
    ...internal('identify', identity),
    ...internal('enter', place),
    ...(store ? [storePart(store, verdict?.source)] : []),
    // Held from where the first count left it.
    ...(store && queuedMs !== undefined
      ? internal('hold', { since: store.since + store.ms, ms: queuedMs - store.ms })
      : []),
    ...internal('validate', body),
  ]
}

/** Only where the store was asked for this request is it a call to it. */
function storePart(wait: Wait, source: string | undefined): Part {
  const asked = source === 'store'
  return {
    name: 'meter',
    kind: asked ? 'client' : 'internal',
    ...wait,
    failed: source === 'isolate',
    attributes: {
      'db.system.name': asked ? 'redis' : undefined,
      'error.type': source === 'isolate' ? 'store_away' : undefined,
      'gateway.counted': source,
    },
  }
}

/** One span for all tries. The upstream was sent its id as the parent of what it does itself. */
function callOf(
  exchange: Exchange,
  { method }: Answered,
  { upstream, fallback }: Upstreams,
): readonly Part[] {
  const { waited, outcome, route, substituted, trace } = exchange
  if (!waited.upstream) return []
  const breaker = breakerSaid(exchange)
  if (outcome?.kind === 'open') {
    const attributes = { 'error.type': 'open', 'gateway.breaker': breaker }
    return [{ name: 'forward', kind: 'internal', failed: true, attributes, ...waited.upstream }]
  }
  const status = outcome?.kind === 'answered' ? outcome.response.status : undefined
  const failed = status === undefined || status >= 400
  const wanted = route?.upstream ? new URL(route.upstream) : upstream
  const known = METHODS.test(method)
  return [
    {
      name: known ? method : 'HTTP',
      kind: 'client',
      spanId: trace.traceparent.slice(36, 52),
      failed,
      attributes: {
        'http.request.method': known ? method : '_OTHER',
        'http.response.status_code': status,
        'http.request.resend_count': outcome?.retries,
        ...placeOf((substituted && fallback) || wanted),
        'error.type': failed ? String(status ?? outcome?.kind) : undefined,
        'gateway.breaker': breaker,
      },
      ...waited.upstream,
    },
  ]
}

function placeOf({ hostname, port, protocol }: URL) {
  return {
    // A client wrote it: whatever does not lead to us can stand there.
    'server.address': holdsCredential(hostname) ? undefined : hostname.slice(0, MAX_HOST),
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  }
}

/** Clocks are set back now and then; a part never lies outside the whole. */
function within({ since, ms }: Wait, begin: number, end: number): Wait {
  const from = Math.min(Math.max(since, begin), end)
  return { since: from, ms: Math.min(Math.max(since + ms, from), end) - from }
}
