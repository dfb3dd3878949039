import type { Tier } from './tiers.ts'

/**
 * What a limit means while the store that counts it is away: `admit` goes on with counts of the isolate's own,
 * `refuse` answers CACHE_UNAVAILABLE, because guessing is worse than waiting (credentials, administration).
 */
export type Outage = 'admit' | 'refuse'

export type LimitCode =
  | 'RATE_LIMIT_EXCEEDED'
  | 'RATE_LIMIT_EXCEEDED_USER'
  | 'RATE_LIMIT_EXCEEDED_IP'
  | 'QUOTA_EXCEEDED'

/** The names a window can be called by, in seconds. A month is 30 days. */
export const WINDOW_SECONDS = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  month: 2_592_000,
} as const

/** From here on a window is an allowance, and going over it QUOTA_EXCEEDED. */
export const QUOTA_SECONDS = WINDOW_SECONDS.month

/** Requests per window; a key is a window's name or its length in seconds. */
export type WindowLimits = Readonly<Record<string, number | ShadowLimit>>

/** A limit on trial: it is counted and logged, and refuses nobody. */
export interface ShadowLimit {
  readonly limit: number
  readonly shadow: true
}

export interface RouteLimit {
  /** Whose requests are counted: an address's, or the caller's (the address's where nobody is known). */
  readonly per: 'ip' | 'caller'
  readonly windows: WindowLimits
  readonly outage: Outage
}

export interface LimitTable {
  readonly ip: WindowLimits
  readonly key: WindowLimits
  readonly tiers: Readonly<Record<Tier, WindowLimits>>
  /** Requests of one user in flight at once. */
  readonly concurrency: Readonly<Record<Tier, number>>
  /** How long a request over its user's minute is held rather than refused; 0 for never. */
  readonly queueSeconds: Readonly<Record<Tier, number>>
  /** Narrower limits that a route names, counted beside the general ones. */
  readonly routes: Readonly<Record<string, RouteLimit>>
}

const QUARTER_HOUR = 900

export const LIMITS = {
  ip: { minute: 1_000, hour: 50_000 },
  key: { minute: 10_000 },
  tiers: {
    free: { minute: 100, hour: 5_000, month: 10_000 },
    premium: { minute: 500, hour: 30_000, month: 1_000_000 },
    enterprise: { minute: 2_000, hour: 120_000 },
  },
  concurrency: { free: 10, premium: 50, enterprise: 200 },
  queueSeconds: { free: 0, premium: 2, enterprise: 5 },
  routes: {
    token: { per: 'ip', windows: { [QUARTER_HOUR]: 100 }, outage: 'refuse' },
    apiKeys: { per: 'caller', windows: { hour: 10 }, outage: 'refuse' },
    bridgeRegister: { per: 'caller', windows: { [QUARTER_HOUR]: 5 }, outage: 'admit' },
    bridgePoll: { per: 'caller', windows: { minute: 30 }, outage: 'admit' },
    bridgeHeartbeat: { per: 'caller', windows: { minute: 10 }, outage: 'admit' },
    bridgeProviderStatus: { per: 'caller', windows: { minute: 10 }, outage: 'admit' },
    adminRead: { per: 'caller', windows: { minute: 200 }, outage: 'refuse' },
    admin: { per: 'caller', windows: { minute: 100 }, outage: 'refuse' },
    adminExpensive: { per: 'caller', windows: { minute: 10 }, outage: 'refuse' },
    adminCritical: { per: 'caller', windows: { hour: 5 }, outage: 'refuse' },
  },
} as const satisfies LimitTable
