import * as v from 'valibot'
import type { RefreshOutcome } from '../ports.ts'

/** What comes of asking the provider. */
export type ProviderOutcome =
  | Exclude<RefreshOutcome, { kind: 'failed' | 'unshared' }>
  | ProviderFailure

export interface ProviderFailure {
  readonly kind: 'failed'
  readonly cause: string
  /** The provider did nothing with the token: it may be asked again soon. */
  readonly untouched?: true
}

/** RFC 6749, appendix A: tokens are printable ASCII. */
const token = v.pipe(v.string(), v.regex(/^[\x20-\x7e]+$/))

const Refreshed = v.object({
  access_token: token,
  // Required by RFC 6749, section 5.1, and compared without regard to case. Where it is missing the tokens are given
  // out all the same: the one that was presented may be used up by now.
  token_type: v.optional(v.pipe(v.string(), v.regex(/^bearer$/i)), 'Bearer'),
  expires_in: v.optional(v.unknown()),
  refresh_token: v.optional(v.nullable(v.union([v.picklist(['']), token]))),
})

/** RFC 6749, section 5.2, and what providers have added to it; no token is spelled so. */
const Refusal = v.object({ error: v.pipe(v.string(), v.regex(/^[a-z_]{3,40}$/)) })

/** Errors that no refresh token could mend: the gateway is not who it says it is, or does not ask as it should. */
const OURS = [
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
]

/** Meant for another endpoint, and seen at this one. */
const BROKEN = ['server_error', 'temporarily_unavailable']

const REFUSES = [400, 401, 403]

/** The provider's answer in our words. */
export function outcomeOf(status: number, text: string, presented: string): ProviderOutcome {
  if (status === 200) return refreshedFrom(jsonFrom(text), presented)
  if (status === 429) return { ...failed('status 429'), untouched: true }
  const refusal = v.safeParse(Refusal, jsonFrom(text))
  if (!REFUSES.includes(status) || !refusal.success) return failed(`status ${status}`)
  const { error } = refusal.output
  if (OURS.includes(error)) return { ...failed(error), untouched: true }
  return BROKEN.includes(error) ? failed(error) : { kind: 'refused', cause: `provider: ${error}` }
}

export function failed(reason: string): ProviderFailure {
  return { kind: 'failed', cause: `provider: ${reason}` }
}

function refreshedFrom(json: unknown, presented: string): ProviderOutcome {
  const parsed = v.safeParse(Refreshed, json)
  if (!parsed.success) return failed(flawOf(parsed.issues[0]))
  const { access_token, refresh_token, expires_in } = parsed.output
  const expiresIn = secondsFrom(expires_in)
  return {
    kind: 'refreshed',
    tokens: {
      accessToken: access_token,
      ...(expiresIn !== undefined && { expiresIn }),
      refreshToken: refresh_token || presented,
    },
  }
}

/** The field alone: the issue's own text quotes what was received. */
function flawOf({ path }: v.BaseIssue<unknown>): string {
  const field = path?.at(0)?.key
  return typeof field === 'string' ? `no good ${field}` : 'no JSON object'
}

/** Some providers write the number as text. */
function secondsFrom(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0
    ? Math.floor(seconds)
    : undefined
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
