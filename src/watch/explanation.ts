import type { Denial } from '../contract/decision.ts'
import type { Answered, Exchange, Wait } from '../exchange.ts'
import type { Reading } from '../policy/charge.ts'
import { prefixOf } from './address-prefix.ts'
import { breakerSaid } from './breaker-said.ts'
import { type Decided, decidedBy } from './decided.ts'
import { instantOf } from './instant.ts'
import { deciderOf, type Passage, passagesOf, type Step } from './journey-steps.ts'
import { redacted } from './redacted.ts'
import { traceIdOf } from './sampling.ts'

/** How one exchange came to its error. What there is nothing to say of is undefined. */
export interface Explanation {
  readonly time: string | undefined
  readonly correlationId: string
  readonly traceId: string | undefined
  readonly environment: string
  readonly method: string
  /** The pattern: a path may hold a secret. */
  readonly route: string | undefined
  readonly status: number
  readonly code: string
  readonly cause: string | undefined
  readonly decidedBy: Decided
  readonly steps: readonly StepTaken[]
  readonly readings: Readings | undefined
  readonly caller: CallerSeen | undefined
  /** The client's network. */
  readonly address: string
  readonly exemption: string | undefined
  readonly upstream: UpstreamSeen | undefined
  /** Milliseconds: since the request came, and how long. */
  readonly timings: Readonly<Partial<Record<keyof Exchange['waited'], Wait>>>
  readonly queuedMs: number | undefined
  readonly durationMs: number
}

interface StepTaken {
  readonly step: Step
  readonly outcome: Passage
  readonly ms?: number | undefined
}

interface Readings extends ReadingShown {
  readonly source: string
  readonly shadowed: readonly string[] | undefined
  readonly address: ReadingShown
}

interface ReadingShown extends Pick<Reading, 'limit' | 'remaining'> {
  readonly windowSeconds: number | undefined
  readonly resetAt: string | undefined
}

interface CallerSeen {
  readonly kind: string
  readonly tier: string | undefined
  /** As the access record has it: to recognise a user by. */
  readonly subject: string | undefined
}

interface UpstreamSeen {
  readonly status: number | undefined
  /** Why there is no answer. */
  readonly failure: string | undefined
  readonly original: string | undefined
  readonly retries: number
  readonly breaker: string | undefined
}

export function explanationOf(
  exchange: Exchange,
  denial: Denial,
  { environment, method, status, durationMs }: Answered,
  subject?: string,
): Explanation {
  const { startedAt, caller } = exchange
  const traceId = traceIdOf(exchange.trace)
  const decider = deciderOf(exchange, denial)
  return {
    time: instantOf(startedAt),
    correlationId: exchange.correlationId,
    traceId,
    environment,
    method,
    route: exchange.route?.path,
    status,
    code: denial.code,
    cause: denial.cause,
    decidedBy: decidedBy(decider, exchange, denial),
    steps: passagesOf(exchange, denial, decider).map(([step, outcome]) => ({
      step,
      outcome,
      ms: spentAt(step, exchange),
    })),
    readings: readingsOf(exchange),
    caller: caller && {
      kind: caller.kind,
      tier: caller.kind === 'user' ? caller.principal.tier : undefined,
      subject,
    },
    address: prefixOf(exchange.address),
    exemption: exchange.exemption,
    upstream: upstreamOf(exchange, denial),
    timings: Object.fromEntries(
      Object.entries(exchange.waited).map(([whom, { since, ms }]) => [
        whom,
        { since: since - startedAt, ms },
      ]),
    ),
    queuedMs: exchange.queuedMs,
    durationMs,
  }
}

/** The wait that is all of a step's. */
const WAITS: Readonly<Partial<Record<Step, keyof Exchange['waited']>>> = {
  identify: 'identity',
  meter: 'store',
  validate: 'body',
  forward: 'upstream',
}

function spentAt(step: Step, { waited }: Exchange): number | undefined {
  const whom = WAITS[step]
  return whom && waited[whom]?.ms
}

function readingsOf({ verdict }: Exchange): Readings | undefined {
  if (!verdict) return undefined
  const { reading, addressReading, source, shadowed } = verdict
  return {
    ...shown(reading),
    source,
    shadowed: shadowed.length > 0 ? shadowed : undefined,
    address: shown(addressReading),
  }
}

function shown({ limit, remaining, resetAt, windowSeconds }: Reading): ReadingShown {
  return { limit, remaining, windowSeconds, resetAt: instantOf(resetAt) }
}

function upstreamOf(exchange: Exchange, { original }: Denial): UpstreamSeen | undefined {
  const { outcome } = exchange
  return (
    outcome && {
      status: outcome.kind === 'answered' ? outcome.response.status : undefined,
      failure: outcome.kind === 'answered' ? undefined : outcome.kind,
      original: original ? redacted(original) : undefined,
      retries: outcome.retries ?? 0,
      breaker: breakerSaid(exchange),
    }
  )
}
