import type { ErrorCode } from '../contract/catalogue.ts'
import type { Denial } from '../contract/decision.ts'
import type { Exchange } from '../exchange.ts'

/** What a request is asked, in order. A page answers in place of all that comes after it. */
export const STEPS = [
  'https',
  'match',
  'recall',
  'identify',
  'authorize',
  'exempt',
  'meter',
  'qualify',
  'page',
  'loop',
  'validate',
  'signOut',
  'vouch',
  'forward',
  'normalize',
  'begin',
] as const

export type Step = (typeof STEPS)[number]

/** Who said no. `settings`: they could not be read; `fault`: nobody foresaw it. */
export type Decider = Step | 'settings' | 'fault'

type Trace = (exchange: Exchange, denial: Denial) => boolean

/** What is refused before the address is counted is said after it. No two of these steps say the same. */
const HELD: Readonly<Partial<Record<ErrorCode, Step>>> = {
  NOT_FOUND: 'match',
  VALIDATION_ERROR: 'match',
  MISSING_TOKEN: 'identify',
  INVALID_TOKEN_FORMAT: 'identify',
  INVALID_TOKEN: 'identify',
  TOKEN_EXPIRED: 'identify',
  EXTERNAL_SERVICE_UNAVAILABLE: 'identify',
  ADMIN_REQUIRED: 'authorize',
  INSUFFICIENT_PERMISSIONS: 'authorize',
  TIER_FEATURE_UNAVAILABLE: 'authorize',
  RATE_LIMIT_EXEMPTION_DENIED: 'exempt',
}

const says =
  (code: ErrorCode): Trace =>
  (_, denial) =>
    denial.code === code

const saysOnce =
  (passed: Trace, code: ErrorCode): Trace =>
  (exchange, denial) =>
    passed(exchange, denial) && denial.code === code

const hasRead: Trace = ({ waited }) => waited.body !== undefined
const hasSent: Trace = ({ outcome }) => outcome !== undefined
const hasCounted: Trace = ({ verdict, waited }) =>
  verdict !== undefined && (waited.store ?? waited.place) !== undefined
const isOver: Trace = ({ verdict }) => verdict !== undefined && verdict.outcome !== 'admitted'
const isGuessed: Trace = ({ verdict }) => verdict?.source === 'isolate'

/** By what the journey leaves on an exchange, the latest step first: the first that fits is who said no. */
const DECIDERS: readonly (readonly [Decider, Trace])[] = [
  ['normalize', (_, { original }) => original !== undefined],
  ['begin', (_, { cause }) => cause === 'upstream cut'],
  ['fault', says('INTERNAL_ERROR')],
  // No answer came, or the request's body proved to be no good on its way.
  ['forward', hasSent],
  ['signOut', saysOnce(hasRead, 'CACHE_UNAVAILABLE')],
  ['vouch', saysOnce(hasRead, 'CONFIGURATION_ERROR')],
  ['validate', hasRead],
  ['meter', (exchange, denial) => isOver(exchange, denial) && hasCounted(exchange, denial)],
  ['recall', isOver],
  ['meter', saysOnce(isGuessed, 'CACHE_UNAVAILABLE')],
  ['qualify', says('RATE_LIMIT_EXEMPTION_DENIED')],
  ['page', ({ route }) => route?.page !== undefined],
  ['https', says('HTTPS_REQUIRED')],
  ['loop', (_, { cause }) => cause === 'loop'],
]

export function deciderOf(exchange: Exchange, denial: Denial): Decider {
  const held = denial === exchange.held ? HELD[denial.code] : undefined
  return held ?? DECIDERS.find(([, fits]) => fits(exchange, denial))?.[0] ?? 'settings'
}

/** `unknown`: a fault leaves no word about how far it came. */
export type Passage = 'passed' | 'refused' | 'not reached' | 'unknown'

/** How it went at each step that the route has. */
export function passagesOf(
  exchange: Exchange,
  denial: Denial,
  decider = deciderOf(exchange, denial),
): readonly (readonly [Step, Passage])[] {
  const passed = passedBefore(exchange, denial, decider)
  const held = heldAt(exchange, passed)
  const passageOf = (step: Step, at: number): Passage => {
    if (step === held || step === decider) return 'refused'
    if (held && ADMISSION.includes(step) && at > STEPS.indexOf(held)) return 'not reached'
    if (at < passed) return 'passed'
    return decider === 'fault' ? 'unknown' : 'not reached'
  }
  return STEPS.map((step, at) => [step, passageOf(step, at)] as const).filter(([step]) =>
    isOn(step, exchange),
  )
}

/** Skipped where one before them has refused; all others come after the count. */
const ADMISSION: readonly Step[] = ['identify', 'authorize', 'exempt']

/** The last thing that is known to have been passed, where a fault came after it. */
const MARKS: readonly (readonly [Step, Trace])[] = [
  ['forward', hasSent],
  ['validate', hasRead],
  ['meter', hasCounted],
  ['exempt', ({ exemption }) => exemption !== undefined],
  ['identify', ({ caller }) => caller !== undefined],
  ['match', ({ route }) => route !== undefined],
]

/** How many of the steps, refused admission aside, were passed. */
function passedBefore(exchange: Exchange, denial: Denial, decider: Decider): number {
  if (denial === exchange.held) return STEPS.indexOf('meter') + 1
  if (decider === 'settings') return 0
  if (decider !== 'fault') return STEPS.indexOf(decider)
  const [mark] = MARKS.find(([, trace]) => trace(exchange, denial)) ?? []
  return mark ? STEPS.indexOf(mark) + 1 : 0
}

function heldAt({ held, route }: Exchange, passed: number): Step | undefined {
  if (held) return HELD[held.code]
  return !route && passed > STEPS.indexOf('match') ? 'match' : undefined
}

function isOn(step: Step, { route, claimsOperator }: Exchange): boolean {
  if (step === 'qualify') return claimsOperator === true
  if (step === 'signOut') return route?.revokes !== undefined
  if (step === 'page') return route?.page !== undefined
  return route?.page === undefined || STEPS.indexOf(step) < STEPS.indexOf('page')
}
