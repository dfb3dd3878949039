import type { Account, Charge, Verdict } from '../policy/charge.ts'
import type { Ask, Holding, Kept } from './holding.ts'
import type { Revoked } from './known-revocations.ts'
import type { Lease } from './lease.ts'
import type { Answered } from './upstash-subjects.ts'
import { verdictFrom, type WindowState } from './verdict.ts'

/** One account of a charge, and what is known of it. */
export interface Payer {
  readonly account: Account
  readonly holding: Holding
}

export interface Payment extends Payer {
  /** Absent: there was none that reached. */
  readonly lease: Lease | undefined
}

/** A payment before the store is asked about the others; the lease's windows as they were then. */
interface Part extends Payment {
  readonly shown: readonly WindowState[]
}

/** What the store said about a part; `bill` counts from 1 and is 0 for a part that it was not asked about. */
interface Answer extends Kept {
  readonly part: Part
  readonly bill: number
  readonly blockedUntil: number
  readonly revoked?: Revoked | undefined
}

function answersOf(parts: readonly Part[], judged: Answered): Answer[] {
  const { windows, granted, elsewhere, blockedUntil, revoked } = judged
  let bill = 0
  let from = 0
  return parts.map((part) => {
    if (part.lease) {
      return { part, bill: 0, states: part.shown, granted: 0, elsewhere: 0, blockedUntil: 0 }
    }
    const states = windows.slice(from, from + part.account.windows.length)
    from += part.account.windows.length
    bill += 1
    return {
      part,
      bill,
      states,
      granted: granted[bill - 1] ?? 0,
      elsewhere: elsewhere[bill - 1] ?? 0,
      blockedUntil: blockedUntil[bill - 1] ?? 0,
      revoked: revoked[bill - 1],
    }
  })
}

/** Takes the store's answer about some of the accounts into what is known of all. */
export function settled(
  charge: Charge,
  parts: readonly Part[],
  questions: readonly (Ask | undefined)[],
  judged: Answered,
  now: number,
): Verdict {
  const answers = answersOf(parts, judged)
  for (const { part, revoked } of answers) if (revoked) part.holding.hear(revoked, charge.now, now)
  const refusedAt = answers.findIndex(({ bill }) => bill > 0 && bill === judged.account)
  const charged = refusedAt === -1 ? answers.length : judged.outcome === 'revoked' ? refusedAt : 0
  for (const [i, answer] of answers.slice(0, charged).entries()) {
    const question = questions[i]
    if (question) answer.part.holding.keep(answer.part.account, answer, question, now)
  }
  const late = judged.outcome === 'over' ? spendAll(parts, charge.cost, now) : undefined
  if (late) return leased(charge, late)

  returned(
    answers.slice(charged).map(({ part }) => part),
    charge.cost,
    undefined,
  )
  const windows = answers.flatMap(({ part, states, bill }) =>
    bill > 0 && charged > 0 ? part.holding.shown(part.account, states) : states,
  )
  const blockedUntil = answers.map((answer) => answer.blockedUntil)
  const verdict = verdictFrom(
    charge,
    { ...judged, account: refusedAt + 1, windows, blockedUntil },
    'store',
  )
  const refused = answers[refusedAt]
  if (verdict.outcome === 'refused' && refused) remember(verdict, refused, charge)
  return verdict
}

/** Of many requests at once, some bring leases home while the store refuses others: those are theirs to spend. */
function spendAll(
  parts: readonly Part[],
  cost: number,
  now: number,
): readonly WindowState[] | undefined {
  const late = parts.map(({ account, holding, lease }) => {
    return { account, holding, lease: lease ? undefined : holding.spend(account, cost, now) }
  })
  const isPaid = parts.every(({ lease }, i) => lease ?? late[i]?.lease)
  if (!isPaid) return returned(late, cost, undefined)
  return parts.flatMap((part, i) => (part.lease ? part.shown : (late[i]?.lease?.shown ?? [])))
}

/** For whoever is counted in the same window; what its companion was refused for is nobody else's. */
function remember(
  { code, blocked }: Verdict & { outcome: 'refused' },
  { part, states, blockedUntil }: Answer,
  { cost, now }: Charge,
): void {
  const { account, holding } = part
  const full = account.windows.filter((window, i) => {
    const state = states[i]
    return !window.shadow && state && !state.lifted && state.count + cost > state.limit
  })
  const own = verdictFrom(
    { address: account, cost, now },
    {
      outcome: blocked ? 'blocked' : 'over',
      account: 1,
      blockedUntil: [blockedUntil],
      granted: [],
      elsewhere: [],
      windows: states,
    },
    'memory',
  )
  if (own.outcome !== 'refused') return
  const window = blocked ? undefined : full.at(-1)
  const verdict = { ...own, code }
  holding.refuse({ window, cost, verdict, since: now, endsAt: own.retryAt })
}

export function leased(charge: Charge, windows: readonly WindowState[]): Verdict {
  return verdictFrom(charge, { ...ADMITTED, windows }, 'lease')
}

const ADMITTED = {
  outcome: 'admitted',
  account: 0,
  blockedUntil: [],
  granted: [],
  elsewhere: [],
} as const

export function shownOf({ lease }: Payment): readonly WindowState[] {
  return lease?.shown ?? []
}

/** Whoever paid for a request that somebody else refuses has it back, in the lease that it came from. */
export function returned<T>(payments: readonly Payment[], cost: number, outcome: T): T {
  for (const { lease } of payments) if (lease) lease.tokens += cost
  return outcome
}
