import { createMiddleware } from 'hono/factory'
import type { Exchange, Trace } from '../exchange.ts'
import { addressFrom } from '../policy/address.ts'
import { ACCEPTABLE_ID } from '../policy/correlation-id.ts'
import type { Ports } from '../ports.ts'
import { isInShare } from '../watch/sampling.ts'
import type { GatewayEnv } from './environment.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
// https://www.w3.org/TR/trace-context/#traceparent-header: version ff and all-zero ids are invalid. Only a later version
// than 00 may go on after its flags.
const TRACEPARENT =
  /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]([0-9a-f])(?:-.*)?$/

/** `sampled`, and of level 2 of the same recommendation `random`. Every other flag is to be zero. */
const KNOWN_FLAGS = 3

/** Stands for the URL of a request whose `Host` is no host: no route fits it. */
const UNREADABLE = new URL('https://unreadable.invalid/')

type Random = Ports['random']

/** Opens the exchange and names it in its answer. `records`: somebody is told of the traces that begin here. */
export function correlation(
  environment: string,
  records: boolean,
  { now, random }: Pick<Ports, 'now' | 'random'>,
) {
  return createMiddleware<GatewayEnv>(async (c, next) => {
    const { headers, url } = c.req.raw
    const startedAt = now()
    const exchange: Exchange = {
      url: URL.parse(url) ?? UNREADABLE,
      startedAt,
      correlationId: correlationIdFrom(headers, startedAt, random),
      trace: traceFrom(headers, records, random),
      address: addressFrom(headers, environment === 'local'),
      waited: {},
    }
    c.set('exchange', exchange)
    await next()
    c.res.headers.set('X-Correlation-ID', exchange.correlationId)
  })
}

/** The client's own id where it is harmless to repeat, else one of ours: `req-<time, base36>-<80 random bits>`. */
function correlationIdFrom(headers: Headers, now: number, random: Random): string {
  const offered = [headers.get('X-Correlation-ID'), headers.get('X-Request-ID')]
  const accepted = offered.find((id) => id !== null && ACCEPTABLE_ID.test(id))
  return accepted ?? `req-${now.toString(36)}-${base32(random(10))}`
}

/** Continues the client's trace or begins one; either way the next span is ours. */
export function traceFrom(headers: Headers, records: boolean, random: Random): Trace {
  const offered = headers.get('traceparent')
  const [, traceId, parentId, flags = ''] = (offered && TRACEPARENT.exec(offered)) || []
  if (traceId) {
    const known = Number.parseInt(flags, 16) & KNOWN_FLAGS
    return { traceparent: `00-${traceId}-${random(8).toHex()}-0${known}`, parentId }
  }
  const drawn = random(24).toHex()
  const sampled = records && isInShare(drawn)
  return { traceparent: `00-${drawn.slice(0, 32)}-${drawn.slice(32)}-0${sampled ? 1 : 0}` }
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
