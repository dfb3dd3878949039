import { createMiddleware } from 'hono/factory'
import type { Exchange, Trace } from '../exchange.ts'
import { addressFrom } from '../policy/address.ts'
import { ACCEPTABLE_ID } from '../policy/correlation-id.ts'
import type { Ports } from '../ports.ts'
import type { GatewayEnv } from './environment.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
// https://www.w3.org/TR/trace-context/#traceparent-header: version ff and all-zero ids are invalid.
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?$/

/** Stands for the URL of a request whose `Host` is no host: no route fits it. */
const UNREADABLE = new URL('https://unreadable.invalid/')

type Random = Ports['random']

/** Opens the exchange and names it in its answer. */
export function correlation(environment: string, { now, random }: Pick<Ports, 'now' | 'random'>) {
  return createMiddleware<GatewayEnv>(async (c, next) => {
    const { headers, url } = c.req.raw
    const startedAt = now()
    const exchange: Exchange = {
      url: URL.parse(url) ?? UNREADABLE,
      startedAt,
      correlationId: correlationIdFrom(headers, startedAt, random),
      trace: traceFrom(headers, random),
      address: addressFrom(headers, environment === 'local'),
      waited: {},
    }
    c.set('exchange', exchange)
    await next()
    c.res.headers.set('X-Correlation-ID', exchange.correlationId)
  })
}

/** The client's own id where it is harmless to repeat, else one of ours: `req-<time, base36>-<80 random bits>`. */
export function correlationIdFrom(headers: Headers, now: number, random: Random): string {
  const offered = [headers.get('X-Correlation-ID'), headers.get('X-Request-ID')]
  const accepted = offered.find((id) => id !== null && ACCEPTABLE_ID.test(id))
  return accepted ?? `req-${now.toString(36)}-${base32(random(10))}`
}

/** Continues the client's trace or begins one; either way the next span is ours. */
export function traceFrom(headers: Headers, random: Random): Trace {
  const [, traceId, flags] = TRACEPARENT.exec(headers.get('traceparent') ?? '') ?? []
  const continued = traceId !== undefined
  const traceparent = `00-${traceId ?? random(16).toHex()}-${random(8).toHex()}-${flags ?? '00'}`
  return { traceparent, continued }
}

/** Of whole groups of five bytes, which make eight characters each. */
function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    held += 8
    for (; held >= 5; held -= 5) text += BASE32.charAt((bits >> (held - 5)) & 31)
  }
  return text
}
