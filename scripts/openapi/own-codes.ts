import type { ErrorCode } from '../../src/contract/catalogue.ts'
import type { Denial } from '../../src/contract/decision.ts'
import type { PAGES } from '../../src/pages/pages.ts'
import type { FaultCode } from '../../src/policy/bodies/faults.ts'
import { exemptionOf } from '../../src/policy/exemptions.ts'
import { LIMITS, type LimitTable } from '../../src/policy/limits.ts'
import type { PageName } from '../../src/policy/route.ts'
import type { authorize } from '../../src/steps/authorize.ts'
import type { exempt, qualify } from '../../src/steps/exempt.ts'
import type { identify } from '../../src/steps/identify.ts'
import type { match } from '../../src/steps/match.ts'
import type { meter } from '../../src/steps/meter.ts'
import type { requireHttps } from '../../src/steps/require-https.ts'
import type { signOut } from '../../src/steps/sign-out.ts'
import type { validate } from '../../src/steps/validate.ts'
import type { vouch } from '../../src/steps/vouch.ts'
import { flawCodesOf } from './body-flaws.ts'
import { carriesContent, type Operation } from './operation.ts'
import { codesWithoutAnswer } from './relayed-codes.ts'

type CodesIn<Outcome> = Outcome extends Denial<infer Code> ? Code : never

/** The codes that a step's type names; each of them must be declared, and no other can be. */
type Said<Step extends (...given: never[]) => unknown> = Readonly<
  Record<CodesIn<Awaited<ReturnType<Step>>>, (operation: Operation) => boolean>
>

const always = () => true
const ofNoRoute = () => false
const guarded = ({ route }: Operation) => route.access !== 'public'
const faulty = (code: FaultCode) => (operation: Operation) => flawCodesOf(operation).includes(code)

const REQUIRE_HTTPS: Said<typeof requireHttps> = { HTTPS_REQUIRED: always }

const MATCH: Said<typeof match> = { NOT_FOUND: ofNoRoute, VALIDATION_ERROR: always }

const IDENTIFY: Said<typeof identify> = {
  MISSING_TOKEN: guarded,
  INVALID_TOKEN_FORMAT: guarded,
  INVALID_TOKEN: guarded,
  TOKEN_EXPIRED: guarded,
  EXTERNAL_SERVICE_UNAVAILABLE: guarded,
}

const AUTHORIZE: Said<typeof authorize> = {
  ADMIN_REQUIRED: ({ route }) => route.access === 'admin',
  INSUFFICIENT_PERMISSIONS: ({ route }) => Boolean(route.permissions ?? route.anyPermission),
  TIER_FEATURE_UNAVAILABLE: ({ route }) => Boolean(route.feature),
}

const EXEMPT: Said<typeof exempt> & Said<typeof qualify> = { RATE_LIMIT_EXEMPTION_DENIED: always }

const METER: Said<typeof meter> = {
  RATE_LIMIT_EXCEEDED_IP: always,
  // On a public route too: whoever brings a good token is known, and may be blocked or over.
  RATE_LIMIT_EXCEEDED_USER: always,
  RATE_LIMIT_EXCEEDED: ({ route }) => route.access === 'userOrKey' || Boolean(route.limit),
  QUOTA_EXCEEDED: ({ route }) => exemptionOf(route) === undefined,
  AUTH_REQUIRED: guarded,
  CACHE_UNAVAILABLE: ({ route }) => needsStore(route.limit) || Boolean(route.revokes),
}

const VALIDATE: Said<typeof validate> = {
  VALIDATION_ERROR: always,
  INVALID_JSON: ({ route, method }) => Boolean(route.body) && carriesContent(method),
  INVALID_PARAMETER: (operation) =>
    Boolean(operation.route.parameters) || faulty('INVALID_PARAMETER')(operation),
  MISSING_PARAMETER: faulty('MISSING_PARAMETER'),
  INVALID_EMAIL: faulty('INVALID_EMAIL'),
  INVALID_URL: faulty('INVALID_URL'),
  MISSING_SESSION_ID: faulty('MISSING_SESSION_ID'),
  INVALID_TUNNEL_CONFIG: faulty('INVALID_TUNNEL_CONFIG'),
}

const SIGN_OUT: Said<typeof signOut> = { CACHE_UNAVAILABLE: ({ route }) => Boolean(route.revokes) }

const VOUCH: Said<typeof vouch> = { CONFIGURATION_ERROR: always }

const PAGE: { readonly [Page in PageName]: Said<(typeof PAGES)[Page]> } = {
  health: {},
  ready: { SERVICE_UNAVAILABLE: always },
  ownKeys: { NOT_FOUND: always },
  listSubjects: { INVALID_PARAMETER: always, CACHE_UNAVAILABLE: always },
  readSubject: { INVALID_PARAMETER: always, CACHE_UNAVAILABLE: always },
  changeSubject: {
    INVALID_PARAMETER: always,
    CACHE_UNAVAILABLE: always,
    VALIDATION_ERROR: always,
    INVALID_JSON: always,
  },
  asset: { NOT_FOUND: always },
  errorList: { NOT_FOUND: always },
  errorCode: { NOT_FOUND: always },
  openapi: { NOT_FOUND: always },
  docs: { NOT_FOUND: always },
  metrics: { CACHE_UNAVAILABLE: always },
  traffic: { INVALID_PARAMETER: always, CACHE_UNAVAILABLE: always },
  readSettings: {},
  console: { NOT_FOUND: always },
  auditTrail: { INVALID_PARAMETER: always, CACHE_UNAVAILABLE: always },
  exchanges: { INVALID_PARAMETER: always, CACHE_UNAVAILABLE: always },
  recentEvents: { INVALID_PARAMETER: always, CACHE_UNAVAILABLE: always },
  refreshToken: {
    MISSING_REFRESH_TOKEN: always,
    INVALID_REFRESH_TOKEN: always,
    TOKEN_REFRESH_FAILED: always,
    TOKEN_REFRESH_ERROR: always,
    CACHE_UNAVAILABLE: always,
    VALIDATION_ERROR: always,
    INVALID_JSON: always,
  },
}

/** Of settings that cannot be read, on any path. */
const MISCONFIGURED = { CONFIGURATION_ERROR: always }

/** Of a fault nobody foresaw: in an adapter, that is. */
const UNFORESEEN = { INTERNAL_ERROR: always }

/** Of health, which is alive with settings or without. */
const BEFORE_COUNTING = [REQUIRE_HTTPS, MATCH]
const BEFORE_ANSWERING = [
  MISCONFIGURED,
  ...BEFORE_COUNTING,
  IDENTIFY,
  AUTHORIZE,
  EXEMPT,
  METER,
  UNFORESEEN,
]
const BEFORE_FORWARDING = [...BEFORE_ANSWERING, VALIDATE, SIGN_OUT, VOUCH]

type Step = Readonly<Partial<Record<ErrorCode, (operation: Operation) => boolean>>>

/** What the gateway says of its own accord where this row answers this method. */
export function ownCodesOf(operation: Operation): ReadonlySet<ErrorCode> {
  const said = stepsOf(operation).flatMap((step) => entriesOf(step))
  return codesWithoutAnswer(operation).union(
    new Set(said.filter(([, says]) => says(operation)).map(([code]) => code)),
  )
}

/** What is said where no row answers. */
export const CODES_OF_NO_ROUTE: ReadonlySet<ErrorCode> = new Set([
  ...[MISCONFIGURED, REQUIRE_HTTPS, MATCH, UNFORESEEN].flatMap((step) => keysOf<ErrorCode>(step)),
  'RATE_LIMIT_EXCEEDED_IP',
])

function stepsOf({ route: { page } }: Operation): readonly Step[] {
  if (!page) return BEFORE_FORWARDING
  return page === 'health' ? BEFORE_COUNTING : [...BEFORE_ANSWERING, PAGE[page]]
}

function needsStore(limit: string | undefined): boolean {
  const limits: LimitTable['routes'] = LIMITS.routes
  return limit !== undefined && limits[limit]?.outage === 'refuse'
}

function entriesOf(step: Step) {
  return keysOf(step).flatMap((code) => {
    const says = step[code]
    return says ? [[code, says] as const] : []
  })
}

function keysOf<Code extends ErrorCode>(step: Readonly<Partial<Record<Code, unknown>>>): Code[] {
  return Object.keys(step) as Code[]
}
