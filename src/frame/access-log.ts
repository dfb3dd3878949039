import { createMiddleware } from 'hono/factory'
import type { Answered, Exchange } from '../exchange.ts'
import type { Ports, SocketEnd } from '../ports.ts'
import { prefixOf } from '../watch/address-prefix.ts'
import { breakerSaid } from '../watch/breaker-said.ts'
import { redacted } from '../watch/redacted.ts'
import { traceIdOf } from '../watch/sampling.ts'
import { subjectHashOf } from '../watch/subject-hash.ts'
import type { GatewayEnv } from './environment.ts'

/**
 * One record per exchange, and one more at the end of a WebSocket. They name the route's pattern, never the path or the
 * query: both may hold secrets.
 */
export function accessLog(
  environment: string,
  { log, now, background, observers }: Pick<Ports, 'log' | 'now' | 'background' | 'observers'>,
) {
  return createMiddleware<GatewayEnv>(async (c, next) => {
    await next()
    const exchange = c.get('exchange')
    const { method } = c.req
    const { status } = c.res
    const answered = { environment, method, status, durationMs: now() - exchange.startedAt }
    // Whatever is told of it costs a round trip some time, and a health check costs nothing.
    const isHealth = exchange.route?.page === 'health'
    if (!isHealth) for (const observer of observers) observer.observe(exchange, answered)
    const subject = subjectHashOf(exchange)
    if (subject instanceof Promise) {
      background(subject.then((hash) => log.write(recordOf(exchange, answered, hash))))
    } else {
      log.write(recordOf(exchange, answered, subject))
    }
    // As part of the socket's last event: work in the background would not be waited for as long as sockets live.
    exchange.ended?.then((end) =>
      log.write({ ...recordOfSocket(exchange, end), durationMs: now() - exchange.startedAt }),
    )
  })
}

function recordOf(exchange: Exchange, answered: Answered, subject: string | undefined) {
  const { address, caller, denial, verdict, outcome, waited } = exchange
  return {
    time: new Date(exchange.startedAt).toISOString(),
    event: 'exchange',
    correlationId: exchange.correlationId,
    traceId: traceIdOf(exchange.trace),
    route: exchange.route?.path,
    code: denial?.code,
    cause: denial?.cause,
    caller: caller?.kind,
    tier: caller?.kind === 'user' ? caller.principal.tier : undefined,
    address: prefixOf(address),
    limit: verdict?.reading.limit,
    remaining: verdict?.reading.remaining,
    counted: verdict?.source,
    shadowed: verdict && verdict.shadowed.length > 0 ? verdict.shadowed : undefined,
    exemption: exchange.exemption,
    queuedMs: exchange.queuedMs,
    upstreamStatus: outcome?.kind === 'answered' ? outcome.response.status : undefined,
    upstreamError: denial?.original ? redacted(denial.original) : undefined,
    retries: outcome?.retries,
    breaker: breakerSaid(exchange),
    identityMs: waited.identity?.ms,
    placeMs: waited.place?.ms,
    storeMs: waited.store?.ms,
    bodyMs: waited.body?.ms || undefined,
    upstreamMs: waited.upstream?.ms,
    ...answered,
    subject,
  }
}

function recordOfSocket({ correlationId, route }: Exchange, { by, ...end }: SocketEnd) {
  return { event: 'socket', correlationId, route: route?.path, endedBy: by, ...end }
}
