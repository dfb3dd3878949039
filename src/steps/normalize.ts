import { type ErrorCode, statusOf } from '../contract/catalogue.ts'
import { allow, type Decision, type Denial, deny } from '../contract/decision.ts'
import type { Credential, Resource } from '../policy/route.ts'
import type { UpstreamOutcome } from '../ports.ts'
import { tidyText } from './tidy-text.ts'
import { readErrorText } from './upstream-body.ts'
import { codeFor, codeWithout } from './upstream-code.ts'
import { envelopeDetails, foreignDetails, isServers, retryAfterDetail } from './upstream-details.ts'
import { type Words, wordsFrom } from './upstream-words.ts'

const MAX_KEPT = 8

/** What the judgement of an answer needs to know about the request it answers. */
export interface Forwarded {
  readonly method: string
  /** What the route is about, for a 404 that does not say. */
  readonly resource?: Resource | undefined
  /** What an upstream's failure is told in the codes of. */
  readonly credential?: Credential | undefined
  /** The gateway itself has verified the caller's token. */
  readonly tokenVerified: boolean
  readonly tokenExpired: () => boolean
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Milliseconds until the client must have its answer: what an error body may still take. */
  readonly timeLeftMs?: number
}

/** The upstream's answer, or what became of it, in the contract's words: a good answer as it came, or a denial. */
export async function normalize(
  outcome: UpstreamOutcome,
  forwarded: Forwarded,
): Promise<Decision<Response>> {
  if (outcome.kind !== 'answered') {
    return { ...denialOf(outcome, forwarded), cause: `upstream ${outcome.kind}` }
  }

  const { response } = outcome
  if (isGood(response)) return allow(response)

  const { text, whole } = await readErrorText(response, forwarded.timeLeftMs)
  const words = wordsFrom(whole ? text : '', response.headers.get('Content-Type'))
  const code = codeFor(response.status, words, forwarded)
  // What an upstream says of a refresh token may repeat it, and the log would not know it for a secret.
  const original = forwarded.credential ? '' : text
  return { ...denialFrom(response, words, code, forwarded.now), original }
}

/** No answer came. One that was never asked for may be known to be worth asking for again, and when. */
function denialOf(
  outcome: Exclude<UpstreamOutcome, { readonly kind: 'answered' }>,
  forwarded: Forwarded,
): Denial {
  const code = codeWithout(outcome.kind, forwarded)
  const isTold = outcome.kind === 'open' && statusOf(code) === 503
  return isTold ? deny(code, { retryAfter: outcome.retryAfter }) : deny(code)
}

function isGood({ status, webSocket }: Response): boolean {
  if (status === 101) return Boolean(webSocket)
  return status >= 200 && status < 400
}

function denialFrom(
  { status, headers }: Response,
  words: Words,
  code: ErrorCode,
  now: number,
): Denial {
  const envelope = words.envelope?.code === code ? words.envelope : undefined
  const details = {
    ...(envelope
      ? envelopeDetails(status, envelope.details, code)
      : foreignDetails(status, words, code)),
    ...retryAfterDetail(code, headers.get('Retry-After'), words, now),
  }
  if (isServers(status, code)) return deny(code, details)
  const suggestion =
    typeof envelope?.suggestion === 'string' ? tidyText(envelope.suggestion) : undefined
  return { ...deny(code, details, keptHeaders(headers)), ...(suggestion && { suggestion }) }
}

/**
 * What tells a client how to ask better: `Allow`, `Accept-Ranges`, `Accept-Patch`, `Content-Range` and their like. The
 * upstream's hand is bound: some clients take a longer head, or one with control characters, for no HTTP at all.
 */
function keptHeaders(headers: Headers): Record<string, string> {
  const kept = [...headers].filter(
    ([name, value]) =>
      /^(?:allow|content-range|accept(?:-[a-z-]{1,20})?)$/.test(name) &&
      /^[\x20-\x7e]{0,1000}$/.test(value),
  )
  return Object.fromEntries(kept.slice(0, MAX_KEPT))
}
