import {
  type Account,
  busyReading,
  type Charge,
  type Reading,
  type Verdict,
  type Window,
} from '../policy/charge.ts'
import type { LimitCode } from '../policy/limits.ts'

/** What became of a charge, as the script answers it. */
export interface Judged {
  readonly outcome: 'admitted' | 'revoked' | 'blocked' | 'over' | 'busy'
  /** Who stood in the way: 1 the address, 2 the caller, 0 nobody. */
  readonly account: number
  /** Until when each account is shut out, in milliseconds; 0 where it is not. */
  readonly blockedUntil: readonly number[]
  /** How many requests more each account has paid for in advance. */
  readonly granted: readonly number[]
  /** How many requests each account has in flight in other isolates. */
  readonly elsewhere: readonly number[]
  /** A window's state each, the address's first, in the order they were asked. */
  readonly windows: readonly WindowState[]
}

export interface WindowState {
  readonly limit: number
  readonly count: number
  readonly resetAt: number
  /** An operator has exempted the subject: it counts and refuses nothing. */
  readonly lifted?: boolean
}

interface Judgement {
  readonly window: Window
  readonly account: number
  readonly reading: Reading
  readonly lifted: boolean
  /** There is no room for this request's cost. */
  readonly over: boolean
  /** More was counted than the limit, which only a shadow window lets happen. */
  readonly exceeded: boolean
}

/** Puts the script's numbers into the contract's words. */
export function verdictFrom(charge: Charge, judged: Judged, source: Verdict['source']): Verdict {
  const all = judgementsOf(charge, judged)
  const judgements = bindingOf(all)
  const shadowed = all.filter((judgement) => judgement.window.shadow && judgement.exceeded)
  const over = judgements.filter((judgement) => judgement.over && binds(judgement))
  const blockedUntil = Math.max(0, ...judged.blockedUntil)
  const tightest = tightestOf(judgements)
  const addressReading = tightestOf(bindingOf(all.filter(isOf(1)))).reading
  const base = {
    reading: tightest.reading,
    addressReading,
    shadowed: shadowed.map(({ window }) => window.id),
    exempt: all.some(({ lifted }) => lifted),
    source,
  }
  const { subject } = judged.account === 2 && charge.caller ? charge.caller : charge.address
  switch (judged.outcome) {
    case 'admitted':
    case 'revoked':
      return { ...base, outcome: judged.outcome }
    case 'busy': {
      const most = charge.caller?.concurrency?.most ?? 0
      return { ...base, outcome: 'busy', subject, reading: busyReading(most, charge.now) }
    }
    case 'blocked': {
      const retryAt = Math.max(blockedUntil, latest(over)?.reading.resetAt ?? 0)
      const { window, reading } = tightest
      const shut = { ...reading, limit: window.limit, remaining: 0, resetAt: retryAt }
      const code = codeOfAccount(charge, judged.account)
      return { ...base, outcome: 'refused', code, retryAt, blocked: true, subject, reading: shut }
    }
    case 'over': {
      const longest = latest(over) ?? tightest
      const { window } = latest(over.filter(isOf(judged.account))) ?? longest
      // Whoever waits must not be refused for another reason then.
      const retryAt = Math.max(blockedUntil, longest.reading.resetAt)
      const reading = { ...longest.reading, resetAt: retryAt }
      const { code } = window
      return { ...base, outcome: 'refused', code, retryAt, blocked: false, subject, reading }
    }
  }
}

/** Where a token is revoked, its address is charged alone; and only if that has room is the token spoken of. */
export function ofRevoked(ofAddress: Verdict): Verdict {
  return ofAddress.outcome === 'admitted' ? { ...ofAddress, outcome: 'revoked' } : ofAddress
}

function codeOfAccount({ caller }: Charge, account: number): LimitCode {
  if (account === 1) return 'RATE_LIMIT_EXCEEDED_IP'
  return caller?.subject.startsWith('user:') ? 'RATE_LIMIT_EXCEEDED_USER' : 'RATE_LIMIT_EXCEEDED'
}

function judgementsOf(charge: Charge, judged: Judged): Judgement[] {
  const accounts: Account[] = charge.caller ? [charge.address, charge.caller] : [charge.address]
  const windows = accounts.flatMap((account, index) =>
    account.windows.map((window) => ({ window, account: index + 1 })),
  )
  return windows.map(({ window, account }, index) => {
    const state = judged.windows[index] ?? { limit: 0, count: 0, resetAt: 0 }
    const { limit, count, resetAt, lifted = false } = state
    const remaining = Math.max(0, limit - count)
    return {
      window,
      account,
      reading: { limit, remaining, resetAt, windowSeconds: window.seconds, windowId: window.id },
      lifted,
      over: count + charge.cost > limit,
      exceeded: count > limit,
    }
  })
}

/** What can refuse nobody is shown only where there is nothing else to show. */
function bindingOf(judgements: readonly Judgement[]): readonly Judgement[] {
  const binding = judgements.filter(binds)
  return binding.length > 0 ? binding : judgements
}

function binds({ window, lifted }: Judgement): boolean {
  return !window.shadow && !lifted
}

function isOf(account: number) {
  return (judgement: Judgement) => judgement.account === account
}

function isTighter({ reading: one }: Judgement, { reading: other }: Judgement): boolean {
  const difference = one.remaining * other.limit - other.remaining * one.limit
  return difference < 0 || (difference === 0 && one.resetAt > other.resetAt)
}

function tightestOf(judgements: readonly Judgement[]): Judgement {
  return judgements.reduce((one, other) => (isTighter(other, one) ? other : one))
}

function latest(judgements: readonly Judgement[]): Judgement | undefined {
  return judgements.toSorted((one, other) => other.reading.resetAt - one.reading.resetAt)[0]
}
