import type { Context, Hono } from 'hono'
import { HonoBase } from 'hono/hono-base'
import type { Config, FrameSettings } from './config.ts'
import { allow, type Decision, type Denial, deny } from './contract/decision.ts'
import { answerTo } from './contract/envelope.ts'
import { type Exchange, waitSince } from './exchange.ts'
import { accessLog } from './frame/access-log.ts'
import { correlation } from './frame/correlation.ts'
import { cors } from './frame/cors.ts'
import type { GatewayEnv } from './frame/environment.ts'
import { EveryPath } from './frame/every-path.ts'
import { recordOfFault } from './frame/fault.ts'
import { inFlight } from './frame/in-flight.ts'
import { rateLimitHeaders } from './frame/rate-limit-headers.ts'
import { securityHeaders } from './frame/security-headers.ts'
import { serverTiming } from './frame/server-timing.ts'
import { health } from './pages/health.ts'
import { PAGES } from './pages/pages.ts'
import type { Route } from './policy/route.ts'
import type { FramePorts, Ports } from './ports.ts'
import { authorize } from './steps/authorize.ts'
import { begin } from './steps/begin.ts'
import { type Admission, chargeFor } from './steps/bill.ts'
import { dispatchFor } from './steps/dispatch.ts'
import { exempt, qualify } from './steps/exempt.ts'
import { requestFor } from './steps/forward.ts'
import { showingToken } from './steps/handshake.ts'
import { identify } from './steps/identify.ts'
import { join } from './steps/join.ts'
import { judge } from './steps/judge.ts'
import { match } from './steps/match.ts'
import { forwardsLeft, optionsOf } from './steps/max-forwards.ts'
import { meter } from './steps/meter.ts'
import { normalize } from './steps/normalize.ts'
import { relay } from './steps/relay.ts'
import { requireHttps } from './steps/require-https.ts'
import { signOut } from './steps/sign-out.ts'
import { validate } from './steps/validate.ts'
import { goesRound } from './steps/via.ts'
import { vouch } from './steps/vouch.ts'

/** The frame that every answer passes back through, and in it the journey of one request. */
export function createGateway(config: Config, ports: Ports): Hono<GatewayEnv> {
  return framed(config, ports, (request, exchange) => journey(request, exchange, config, ports))
}

/** Stands in for the gateway while its settings cannot be read: the worker lives, and can do nothing else. */
export function createMisconfiguredGateway(
  frame: FrameSettings,
  ports: FramePorts,
): Hono<GatewayEnv> {
  return framed(frame, ports, async (request, { url }) => {
    const route = match(request, url, frame.routes)
    const isHealth = route.allowed && route.value.page === 'health'
    return isHealth ? allow(health(ports)) : deny('CONFIGURATION_ERROR')
  })
}

function framed(
  { environment, limits, routes, allowsOrigin, collector }: FrameSettings,
  ports: FramePorts,
  answer: (request: Request, exchange: Exchange) => Promise<Decision<Response>>,
): Hono<GatewayEnv> {
  const gateway = new HonoBase<GatewayEnv>({ router: new EveryPath() })
  gateway.use(correlation(environment, collector !== undefined, ports))
  gateway.use(accessLog(environment, ports))
  gateway.use(serverTiming(ports))
  gateway.use(securityHeaders)
  gateway.use(rateLimitHeaders(limits.ip, ports))
  gateway.use(cors(allowsOrigin, routes))
  gateway.use(inFlight(ports))
  gateway.all('*', async (c) => {
    const exchange = c.get('exchange')
    // Caught here and not by onError, which a thrown non-Error would pass by.
    const outcome = await answer(c.req.raw, exchange).catch(unforeseen(exchange, ports))
    return outcome.allowed ? outcome.value : refuse(c, outcome, ports)
  })
  gateway.onError((fault, c) => refuse(c, unforeseen(c.get('exchange'), ports)(fault), ports))
  return gateway
}

/** The first "no" is the answer; otherwise we pass it on and make sure that what comes back speaks our contract. */
async function journey(
  arrived: Request,
  exchange: Exchange,
  config: Config,
  ports: Ports,
): Promise<Decision<Response>> {
  const secure = requireHttps(exchange.url, config.httpsRule)
  if (!secure.allowed) return secure

  const route = match(arrived, exchange.url, config.routes)
  if (route.allowed) exchange.route = route.value
  const request = showingToken(arrived, exchange)
  const { environment, limits, allowsOrigin } = config
  const visit = { request, exchange, environment, limits, allowsOrigin }
  if (exchange.route?.page === 'health') return allow(health(ports))

  const recalled = recall(exchange, config, ports)
  if (!recalled.allowed) return recalled

  // What is wrong with the route or the caller is said only after the address has been counted.
  const admission = route.allowed
    ? await admit(request, route.value, exchange, config, ports)
    : route
  if (!admission.allowed) exchange.held = admission

  const metered = await meter(admission, request, exchange, limits, ports)
  if (!metered.allowed) return metered
  if (!admission.allowed) return admission

  const qualified = qualify(exchange)
  if (!qualified.allowed) return qualified

  const { page } = admission.value.route
  if (page) return PAGES[page](visit, ports)

  if (goesRound(request.headers)) return { ...deny('CONFIGURATION_ERROR'), cause: 'loop' }
  if (forwardsLeft(request) === 0) {
    return allow(optionsOf(config.routes.methods(exchange.url.pathname)))
  }
  return pass(request, admission.value, exchange, config, ports)
}

/** An address that was refused a moment ago hears it again, before any signature is checked. */
function recall(exchange: Exchange, { limits }: Config, { subjects, now }: Ports): Decision {
  const charge = chargeFor(exchange.address, undefined, limits, now())
  const refusal = subjects.recall(charge.address, charge.cost, charge.now)
  if (!refusal) return allow()
  exchange.verdict = refusal
  return judge(charge, refusal)
}

/** Who is it, and may they? */
async function admit(
  request: Request,
  route: Route,
  exchange: Exchange,
  { issuers }: Config,
  ports: Ports,
): Promise<Decision<Admission>> {
  const startedAt = ports.now()
  const caller = await identify(request.headers, route.access, issuers, ports)
  exchange.waited.identity = waitSince(startedAt, ports)
  if (!caller.allowed) return caller
  exchange.caller = caller.value

  const permission = authorize(caller.value, route)
  if (!permission.allowed) return permission

  const exemption = exempt(request.headers, route, exchange)
  if (!exemption.allowed) return exemption

  return allow({ route, caller: caller.value, exemption: exemption.value })
}

/** To the upstream and back. */
async function pass(
  request: Request,
  admission: Admission,
  exchange: Exchange,
  config: Config,
  ports: Ports,
): Promise<Decision<Response>> {
  const { route } = admission
  const { upstream, sockets, now } = ports
  const timeoutMs = route.timeoutMs ?? config.upstreamTimeoutMs
  const bodyLimits = { maxBytes: config.maxBodyBytes, timeoutMs }
  const startedAt = now()
  const body = await validate(request, exchange.url, route, bodyLimits, ports)
  exchange.waited.body = waitSince(startedAt, ports)
  if (!body.allowed) return body

  const signedOut = await signOut(admission, ports)
  if (!signedOut.allowed) return signedOut

  const wanted = route.upstream ? new URL(route.upstream) : config.upstream
  const base = upstream.baseFor(wanted, request.method)
  const forwarded = requestFor(request, body.value, exchange, { base, timeoutMs })
  const sign = () => vouch(forwarded, exchange, config.environment, ports)
  const vouched = await sign()
  if (!vouched.allowed) return vouched

  const sentAt = now()
  const dispatch = dispatchFor(forwarded, body.value, sign, { base, timeoutMs })
  const outcome = await upstream.send(forwarded, dispatch)
  exchange.waited.upstream = waitSince(sentAt, ports)
  exchange.outcome = outcome
  exchange.substituted = base !== wanted
  const fault = body.value.fault()
  if (fault) return fault

  const { caller } = exchange
  const timeLeftMs = timeoutMs - exchange.waited.upstream.ms
  const answer = await normalize(outcome, {
    method: request.method,
    resource: route.resource,
    credential: route.credential,
    tokenVerified: caller?.kind === 'user',
    timeLeftMs,
    tokenExpired: () => caller?.kind === 'user' && caller.principal.expiresAt * 1000 <= now(),
    now: now(),
  })
  if (!answer.allowed) return answer

  const begun = await begin(answer.value, request, exchange, timeLeftMs, ports)
  if (!begun.allowed) return begun
  const relayed = relay(begun.value, base, request.headers.get('Accept-Encoding'))
  return allow(join(relayed, request, exchange, sockets))
}

function refuse(c: Context<GatewayEnv>, denial: Denial, { background }: FramePorts): Response {
  const exchange = c.get('exchange')
  exchange.denial = denial
  // A connection whose request body nobody reads cannot be used again.
  const { body, headers } = c.req.raw
  if (body && !body.locked) background(body.cancel())
  const asked = { origin: exchange.url.origin, accept: headers.get('Accept') }
  return answerTo(denial, exchange.correlationId, asked)
}

function unforeseen({ correlationId }: Exchange, { log }: FramePorts) {
  return (fault: unknown) => {
    log.write(recordOfFault(fault, correlationId))
    return deny('INTERNAL_ERROR')
  }
}
