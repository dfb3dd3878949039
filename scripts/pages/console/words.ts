import type { Lost, Refused } from './asking.ts'
import { duration } from './numbers.ts'

export interface Words {
  readonly title: string
  readonly text: string
}

/** The operator's own credentials are what is wrong: another token is asked for. */
const OF_THE_TOKEN: Readonly<Record<string, Words>> = {
  MISSING_TOKEN: { title: 'No token came along', text: 'Paste it again.' },
  INVALID_TOKEN_FORMAT: {
    title: 'That is not a token',
    text: 'Copy the whole access token: three parts with dots between them.',
  },
  INVALID_TOKEN: {
    title: 'The token is not good here',
    text: 'Its signature, issuer or audience is not what this gateway takes. Is it of this environment?',
  },
  TOKEN_EXPIRED: { title: 'The token has expired', text: 'Fetch a new one and paste it.' },
  AUTH_REQUIRED: { title: 'The token was revoked', text: 'Log in anew and paste the new token.' },
  ADMIN_REQUIRED: {
    title: 'The token is not an administrator’s',
    text: 'The console takes the token of a super_admin, or of an admin with view_gateway or manage_subjects.',
  },
  INSUFFICIENT_PERMISSIONS: {
    title: 'The token lacks a permission',
    text: 'To look takes view_gateway or manage_subjects; to change anything takes manage_subjects.',
  },
}

const OTHERS: Readonly<Record<string, Words>> = {
  CACHE_UNAVAILABLE: {
    title: 'The store is away',
    text: 'What the console shows is read from it. Requests are answered meanwhile, with limits counted in each isolate.',
  },
  CONFIGURATION_ERROR: {
    title: 'The gateway’s settings cannot be read',
    text: 'The log has the list of problems, as configuration.invalid.',
  },
}

const LOST: Readonly<Record<Lost['why'], Words>> = {
  unreachable: { title: 'No answer', text: 'The gateway could not be reached from here.' },
  garbled: { title: 'An answer that makes no sense', text: 'Is this console of another version?' },
}

export function wordsOf(no: Refused | Lost): Words {
  if (no.kind === 'lost') return LOST[no.why]
  const known = OF_THE_TOKEN[no.code] ?? OTHERS[no.code]
  if (known) return known
  if (no.retryAfterSeconds !== undefined) {
    return { title: no.message, text: `Again in ${duration(no.retryAfterSeconds)}.` }
  }
  return { title: no.message, text: no.suggestion.replace(/[^.]$/, '$&.') }
}

/** Whether another token may help, and nothing else. */
export function isOfTheToken(no: Refused | Lost): no is Refused {
  return no.kind === 'refused' && Object.hasOwn(OF_THE_TOKEN, no.code)
}

const LENGTHS: Readonly<Record<number, string>> = {
  1: 'per second',
  60: 'per minute',
  3600: 'per hour',
  86400: 'per day',
  2592000: 'per 30 days',
}

const KINDS: Readonly<Record<string, string>> = { ip: 'Address', user: 'User', key: 'API key' }

/** What refuses without being a window. */
const NO_WINDOW: Readonly<Record<string, string>> = {
  block: 'blocked by an operator',
  concurrency: 'requests in flight',
}

export function isWindow(limit: string): boolean {
  return !Object.hasOwn(NO_WINDOW, limit.slice(limit.lastIndexOf(':') + 1))
}

/** `ip:60` as traffic has it; a record's own windows say no kind. */
export function limitWords(name: string): string {
  const colon = name.lastIndexOf(':')
  const of = KINDS[name.slice(0, colon)] ?? name.slice(0, colon)
  const window = name.slice(colon + 1)
  const other = NO_WINDOW[window]
  if (other) return `${of}, ${other}`
  const seconds = Number(window)
  const length = LENGTHS[seconds] ?? `per ${duration(seconds)}`
  return colon < 0 ? length : `${of} ${length}`
}

/** Neither of these two is a path: those that fit no row, and all together. */
const NO_PATH: Readonly<Record<string, string>> = {
  '-': 'requests without a route',
  '*': 'all requests',
}

export function routeWords(route: string): string {
  return NO_PATH[route] ?? route
}

/** How a subject is to be read; what is long and equal for all of a kind stands last. */
export function subjectWords(subject: string): { readonly kind: string; readonly name: string } {
  const colon = subject.indexOf(':')
  const kind = subject.slice(0, colon)
  const rest = subject.slice(colon + 1)
  if (kind === 'user') return { kind: 'User', name: rest.slice(rest.indexOf('|') + 1) }
  // Of a hash, nobody reads more than enough to tell it from others.
  if (kind === 'key') return { kind: 'API key', name: `${rest.slice(0, 12)}…` }
  return { kind: KINDS[kind] ?? kind, name: rest }
}
