import { type ErrorCode, statusOf } from '../contract/catalogue.ts'
import type { Details } from '../contract/decision.ts'
import { retryAfterFrom } from '../policy/retry-after.ts'
import { REVOKED } from '../policy/upstream-codes.ts'
import { meaningOf } from '../policy/upstream-statuses.ts'
import { isJsonObject, isModest, type JsonObject } from './plain-json.ts'
import { tidyText } from './tidy-text.ts'
import type { Words } from './upstream-words.ts'

const MAX_ENTRIES = 20

/** What a client may read of a foreign error body. */
export function foreignDetails(status: number, words: Words, code: ErrorCode): Details {
  const [upstreamCode] = words.codes
  const isTold = !isServers(status, code)
  const reason = isTold ? (reasonFrom(words) ?? meaningOf(status).reason) : undefined
  return {
    upstreamStatus: status,
    ...(upstreamCode && { upstreamCode }),
    ...(reason && { reason }),
    ...(!isTold && dependencyStates(words.dependencies)),
  }
}

/** What passes of the details of an upstream that speaks the contract: of a 5xx nothing textual. */
export function envelopeDetails(status: number, details: unknown, code: ErrorCode): Details {
  if (!isJsonObject(details)) return {}
  const { retryAfter: _, ...rest } = details
  if (!isServers(status, code)) return isModest(rest) ? rest : {}
  return { ...figures(rest), ...dependencyStates(rest.dependencies) }
}

/** A server's failure, told as it is or in a client's code: nothing textual of it is relayed. */
export function isServers(status: number, code: ErrorCode): boolean {
  return status >= 500 || statusOf(code) >= 500
}

/** The header's word before the body's; for the two statuses that promise a time to come back. */
export function retryAfterDetail(
  code: ErrorCode,
  header: string | null,
  { retryAfter: told }: Words,
  now: number,
): Details {
  if (statusOf(code) !== 429 && statusOf(code) !== 503) return {}
  const retryAfter = retryAfterFrom(header, now) ?? retryAfterFrom(told, now)
  return retryAfter === undefined ? {} : { retryAfter }
}

function reasonFrom({ message, codes }: Words): string | undefined {
  const reason = message !== undefined ? tidyText(message) : undefined
  return reason ?? (codes.includes(REVOKED) ? 'Session revoked' : undefined)
}

/** Numbers and flags under plain names: a name could carry text as well as a value. */
function figures(details: JsonObject): Details {
  const plain = Object.entries(details).filter(
    ([name, value]) =>
      /^[a-z][A-Za-z0-9]{0,31}$/.test(name) &&
      (typeof value === 'boolean' || Number.isFinite(value)),
  )
  return Object.fromEntries(plain.slice(0, MAX_ENTRIES))
}

const STATES = {
  up: ['up', 'ok', 'healthy', 'connected', 'available', 'ready', 'online', true],
  degraded: ['degraded', 'warning', 'slow', 'partial'],
  down: ['down', 'unhealthy', 'disconnected', 'unavailable', 'error', 'failed', 'offline', false],
} as const satisfies Record<string, readonly (string | boolean)[]>

/** A health document's dependencies as name → up, degraded or down; of their addresses and error texts nothing. */
function dependencyStates(dependencies: unknown): Details {
  if (!isJsonObject(dependencies)) return {}
  const states = Object.entries(dependencies)
    .filter(([name]) => /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name))
    .flatMap(([name, value]) => {
      const state = stateFrom(isJsonObject(value) ? (value.status ?? value.healthy) : value)
      return state ? [[name, state] as const] : []
    })
  return states.length > 0 ? { dependencies: Object.fromEntries(states.slice(0, MAX_ENTRIES)) } : {}
}

function stateFrom(value: unknown): string | undefined {
  const word = typeof value === 'string' ? value.toLowerCase() : value
  return Object.entries(STATES).find(([, words]) => words.some((known) => known === word))?.[0]
}
