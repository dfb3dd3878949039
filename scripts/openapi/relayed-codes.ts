import { CATALOGUE, type ErrorCode, isErrorCode } from '../../src/contract/catalogue.ts'
import type { Access, Method, Route } from '../../src/policy/route.ts'
import { REVOKED } from '../../src/policy/upstream-codes.ts'
import { codeFor, codeWithout } from '../../src/steps/upstream-code.ts'
import { wordsFrom } from '../../src/steps/upstream-words.ts'
import type { Operation } from './operation.ts'

const SAID = [undefined, REVOKED, ...Object.keys(CATALOGUE).filter(isErrorCode)].map((code) =>
  wordsFrom(JSON.stringify({ code }), 'application/json'),
)
/** Every answer that is not passed on as it came: 101 without a WebSocket and numbers that HTTP has not, too. */
const STATUSES = [101, ...Array.from({ length: 200 }, (_, i) => 400 + i), 600]
const KINDS = ['open', 'unreachable', 'lost', 'late'] as const

/** What the gateway says where the API behind gives no answer, or breaks one off. */
export function codesWithoutAnswer({ route, method }: Operation): ReadonlySet<ErrorCode> {
  const { page, credential } = route
  return new Set(page ? [] : KINDS.map((kind) => codeWithout(kind, { method, credential })))
}

const known = new Map<string, ReadonlySet<ErrorCode>>()

/** What an answer of the API behind can become: found by asking the gateway's own judgement. */
export function relayedCodesOf({ route, method }: Operation): ReadonlySet<ErrorCode> {
  const { page, access, resource, credential } = route
  if (page) return new Set()
  const name = [method, access, resource, credential].join()
  const codes = known.get(name) ?? new Set(codesOf(method, route))
  known.set(name, codes)
  return codes
}

/** A user's own token has been verified there; a key, or nobody, may be asking elsewhere. */
const VERIFIED: Readonly<Record<Access, readonly boolean[]>> = {
  public: [true, false],
  userOrKey: [true, false],
  user: [true],
  admin: [true],
}

function codesOf(method: Method, { access, resource, credential }: Route): ErrorCode[] {
  const callers = VERIFIED[access].flatMap((tokenVerified) =>
    [true, false].map((expired) => ({ tokenVerified, tokenExpired: () => expired })),
  )
  return callers.flatMap((caller) => {
    const forwarded = { method, resource, credential, now: 0, ...caller }
    return STATUSES.flatMap((status) => SAID.map((words) => codeFor(status, words, forwarded)))
  })
}
