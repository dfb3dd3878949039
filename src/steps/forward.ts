import type { Exchange } from '../exchange.ts'
import { UNKNOWN_ADDRESS } from '../policy/address.ts'
import type { Principal } from '../policy/principal.ts'
import type { Body } from './counted.ts'
import { isHandshake } from './handshake.ts'
import { hopByHopIn } from './hop-by-hop.ts'
import { forwardsLeft } from './max-forwards.ts'
import { withoutTokens } from './query-tokens.ts'
import { withholdBearer } from './subprotocols.ts'
import { bearerFrom } from './token.ts'
import { viaOf } from './via.ts'

/** Not within a word: by chance the signature of a token may spell it. */
const MENTIONS_API_KEY = /(?:^|[\s,])ctll_/

/** Where a request goes and how long its answer's header may take. */
export interface Destination {
  /** With an optional base path. */
  readonly base: URL
  readonly timeoutMs: number
}

/**
 * Names that only a gateway or its platform may write: what a client puts there is a spoof. `Origin` is for whoever
 * decides about CORS, and that is us; an upstream with a list of its own would fail on ours.
 */
const RESERVED =
  /^(?:x-(?:rate-?limit|forwarded|user|gateway)-|cf-|(?:origin|forwarded|x-real-ip|true-client-ip|x-client-ip|x-cluster-client-ip)$)/

/** With these some servers take another method or path than the one that was matched. */
const OVERRIDES =
  /^x-(?:http-method(?:-override)?|method-override|original-url|original-host|rewrite-url)$/

const USUAL_NAME = /^[a-z0-9-]+$/

/** Written by the gateway, or judged by it: no other spelling may stand beside them. */
const OURS = ['accept-encoding', 'x-api-key', 'x-correlation-id']

/** The request as the upstream gets it: the client's, less what is not the client's to say, and what we know. */
export function requestFor(
  request: Request,
  body: Body,
  exchange: Exchange,
  { base, timeoutMs }: Destination,
): Request {
  const { url, route, address, correlationId, trace, caller } = exchange
  const open = route?.access === 'public'
  const search = open ? url.search : withoutTokens(url.search)
  const target = targetOf(url.pathname, search, base)
  const { method, signal } = request
  const isUntouched = body.content !== null && body.content === request.body
  // An untouched body stays on the runtime's own pipe, its Content-Length with it; that of a GET could not even be set.
  const forwarded = new Request(isUntouched ? new Request(target, request) : target, {
    ...(!isUntouched && { method, headers: request.headers, body: body.content }),
    // A redirect is the client's to follow.
    redirect: 'manual',
    // Whoever leaves takes the upstream request along.
    signal: body.cut ? AbortSignal.any([signal, body.cut]) : signal,
  })
  const { headers } = forwarded
  removeForeign(headers)
  if (isHandshake(request)) headers.set('Upgrade', 'websocket')
  if (!open) withholdBearer(headers)
  countThisHop(request, headers)

  const authorization = headers.get('Authorization') ?? ''
  const token = bearerFrom(authorization)
  // Some upstreams take the scheme in this spelling alone.
  if (token && !authorization.startsWith('Bearer ')) headers.set('Authorization', `Bearer ${token}`)
  if (caller?.kind === 'anonymous' && caller.revoked) headers.delete('Authorization')
  if (caller?.kind !== 'key') removeApiKeys(headers, authorization)
  // Left out, the runtime would ask for encodings that this client may not know.
  if (!headers.has('Accept-Encoding')) headers.set('Accept-Encoding', 'identity')
  headers.set('X-Correlation-ID', correlationId)
  headers.set('traceparent', trace.traceparent)
  if (!trace.parentId) headers.delete('tracestate')
  headers.set('X-Forwarded-For', clientOf(request.headers, address))
  headers.set('X-Forwarded-Proto', url.protocol.slice(0, -1))
  headers.set('X-Forwarded-Host', url.host)
  setDeadline(forwarded, timeoutMs)
  if (caller?.kind === 'user') introduce(caller.principal, headers)
  return forwarded
}

/** How long the gateway will wait for the answer's header, in whole milliseconds. */
export function setDeadline({ headers }: Request, msLeft: number): void {
  headers.set('X-Gateway-Deadline', String(Math.floor(msLeft)))
}

/** The upstream's base, and the path as it was matched: after the origin, because a path may begin with `//`. */
function targetOf(pathname: string, search: string, base: URL): string {
  return base.origin + base.pathname.replace(/\/$/, '') + pathname + search
}

/** RFC 9110, sections 7.6.2, 7.6.3 and 10.1.1. */
function countThisHop(request: Request, headers: Headers): void {
  headers.set('Via', viaOf(request))
  const left = forwardsLeft(request)
  if (left !== undefined) headers.set('Max-Forwards', String(left - 1))
  // The runtime has said "100 Continue" itself, and the body is on its way.
  if (/^100-continue$/i.test(headers.get('Expect') ?? '')) headers.delete('Expect')
}

function removeForeign(headers: Headers): void {
  const hopByHop = hopByHopIn(headers)
  for (const name of [...headers.keys()]) {
    // CGI and WSGI read `X_User_Id` as `X-User-Id`, PHP `X.User.Id` too, and some servers any other sign in between.
    const folded = USUAL_NAME.test(name) ? name : name.replace(/[^a-z0-9]/g, '-')
    const respelled = folded !== name && OURS.includes(folded)
    const foreign = RESERVED.test(folded) || OVERRIDES.test(folded) || respelled
    if (foreign || hopByHop.has(name) || hopByHop.has(folded)) headers.delete(name)
  }
}

/** Nobody judged them: they could be another caller's than the one who is counted, who may be nobody. */
function removeApiKeys(headers: Headers, authorization: string): void {
  headers.delete('X-API-Key')
  if (MENTIONS_API_KEY.test(authorization)) headers.delete('Authorization')
}

type Fields = readonly (readonly [name: string, value: string])[]

/** A remembered token brings the same principal again. */
const introductions = new WeakMap<Principal, Fields>()

function introduce(principal: Principal, headers: Headers): void {
  const fields = introductions.get(principal) ?? introductionOf(principal)
  introductions.set(principal, fields)
  for (const [name, value] of fields) headers.set(name, value)
}

function introductionOf({ issuer, subject, tier, roles, permissions }: Principal): Fields {
  return [
    ['X-User-Id', asFieldText(subject)],
    // Two issuers may give the same id to two people.
    ['X-User-Issuer', asFieldText(issuer)],
    ['X-User-Tier', tier],
    ['X-User-Roles', roles.map(asFieldText).join(',')],
    ['X-User-Permissions', permissions.map(asFieldText).join(',')],
  ]
}

/** Visible ASCII as it is; the rest, and what would make a list or a decoding ambiguous, percent-encoded. */
function asFieldText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\x21-\x7e]|[%,]/gu, (char) => (char === ',' ? '%2C' : encodeURIComponent(char)))
}

/** The whole address: limits may look at a /64, the upstream's log wants the client. */
function clientOf(headers: Headers, address: string): string {
  return address === UNKNOWN_ADDRESS ? address : (headers.get('CF-Connecting-IP') ?? address)
}
