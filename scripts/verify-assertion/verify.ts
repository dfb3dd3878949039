import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { createReplays } from './replays.ts'

export interface VerifyOptions {
  /** The gateway's `/.well-known/gateway-jwks.json`. */
  readonly keysUrl: string
  /** `gateway:` and the gateway's GATEWAY_ENV. */
  readonly issuer: string
  /** This server's origin as it stands in the gateway's UPSTREAM_URL, for example https://backend.example.com. */
  readonly audience: string
  /** Refuse an assertion that came before. This process remembers its own only. */
  readonly once?: boolean
}

/** What the gateway vouches for. Use this, and not the X-User-* headers, which anyone could have written. */
export interface Assertion extends JWTPayload {
  readonly caller: 'user' | 'key' | 'anonymous'
  readonly method: string
  /** SHA-256 of path and query in base64url. */
  readonly target: string
  readonly correlationId: string
  readonly jti: string
  readonly exp: number
  /** Of a user; `sub` is unique within it. */
  readonly userIssuer?: string
  readonly tier?: string
  readonly roles?: readonly string[]
  readonly permissions?: readonly string[]
  /** Of an API key: its SHA-256 in hex. */
  readonly keyHash?: string
}

export type Verdict =
  | { readonly kind: 'vouched'; readonly assertion: Assertion }
  /** It did not come through the gateway, or not as it is. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody can tell: the gateway's keys cannot be had. */
  | { readonly kind: 'unknown' }

/** Express cuts the mount path off `url` and keeps the whole one here. */
export type Incoming = IncomingMessage & { readonly originalUrl?: string }

const REQUIRED = ['iat', 'exp', 'jti', 'method', 'target', 'correlationId', 'caller']
const MAX_AGE_SECONDS = 60
/** How far this machine's clock and the gateway's may be apart. */
const CLOCK_SECONDS = 5
/** What jose throws when the key set, and not the assertion, is at fault; any foreign error is the network's. */
const KEYS_AWAY = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']

/** Make one and keep it: it remembers the keys. It can be asked at the handshake of a WebSocket too. */
export function createVerifier({ keysUrl, issuer, audience, once = false }: VerifyOptions) {
  const keys = createRemoteJWKSet(new URL(keysUrl))
  const replays = createReplays()
  const rules = {
    algorithms: ['EdDSA'],
    typ: 'gateway+jwt',
    issuer,
    audience,
    requiredClaims: REQUIRED,
    maxTokenAge: MAX_AGE_SECONDS,
    clockTolerance: CLOCK_SECONDS,
  }

  return async function verify(request: Incoming): Promise<Verdict> {
    const text = request.headers['x-gateway-assertion']
    if (typeof text !== 'string') return refused('no assertion')
    try {
      const { payload } = await jwtVerify<Assertion>(text, keys, rules)
      const difference = differenceOf(payload, request)
      if (difference) return refused(difference)
      if (once && !replays.isNew(payload.jti, payload.exp + CLOCK_SECONDS))
        return refused('a replay')
      return { kind: 'vouched', assertion: payload }
    } catch (error) {
      const isOfAssertion = error instanceof errors.JOSEError && !KEYS_AWAY.includes(error.code)
      return isOfAssertion ? refused(error.code) : { kind: 'unknown' }
    }
  }
}

/** The assertion may be good and have been made for another request. */
function differenceOf(
  { method, target, correlationId }: Assertion,
  request: Incoming,
): string | undefined {
  if (method !== request.method) return 'another method'
  if (target !== digestOf(request.originalUrl ?? request.url ?? '')) return 'another path or query'
  if (correlationId !== request.headers['x-correlation-id']) return 'another correlation id'
  return undefined
}

function digestOf(target: string): string {
  return createHash('sha256').update(target).digest('base64url')
}

function refused(reason: string): Verdict {
  return { kind: 'refused', reason }
}
