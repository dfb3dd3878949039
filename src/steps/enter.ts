import { allow, type Decision } from '../contract/decision.ts'
import { type Exchange, waitSince } from '../exchange.ts'
import { busyReading, type TokenHolder, type Verdict } from '../policy/charge.ts'
import type { Limits } from '../policy/windows.ts'
import type { Place, Ports } from '../ports.ts'
import { type Admission, subjectOf } from './bill.ts'
import { BUSY } from './judge.ts'

interface Bound extends TokenHolder {
  /** How many requests may be in flight. */
  readonly most: number
}

/** A place among the caller's requests in flight, where these are bounded. */
export async function enter(
  admitted: Admission | undefined,
  { signal }: Request,
  exchange: Exchange,
  limits: Limits,
  { places, subjects, now }: Pick<Ports, 'places' | 'subjects' | 'now'>,
): Promise<Decision<Place | undefined, 'RATE_LIMIT_EXCEEDED_USER'>> {
  const bound = boundOf(admitted, limits)
  // A token that is known to be revoked takes no place from its user's others.
  if (!bound || subjects.isRevoked(bound, now())) return allow(undefined)
  const startedAt = now()
  const place = await places.take(bound.subject, bound.most, signal)
  exchange.waited.place = waitSince(startedAt, { now })
  if (!place) {
    exchange.verdict = busyVerdict(bound, now())
    return BUSY
  }
  exchange.place = place
  return allow(place)
}

/**
 * How many requests of a user may be in flight; nobody else's are bounded. Nor is signing in and out: whoever holds all
 * places, with a stolen token perhaps, must not be able to keep the user from ending it.
 */
function boundOf(admitted: Admission | undefined, { concurrency }: Limits): Bound | undefined {
  if (admitted?.caller.kind !== 'user' || admitted.exemption === 'auth') return undefined
  const { principal } = admitted.caller
  const { tier, issuedAt, tokenId } = principal
  return { subject: subjectOf(principal), issuedAt, tokenId, most: concurrency[tier] }
}

/** What is said where this isolate alone serves as many requests of the user as may be: nobody else need be asked. */
function busyVerdict({ subject, most }: Bound, now: number): Verdict {
  const reading = busyReading(most, now)
  const base = { reading, addressReading: reading, shadowed: [], exempt: false } as const
  return { ...base, outcome: 'busy', source: 'memory', subject }
}
