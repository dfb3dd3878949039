import type { Window } from './charge.ts'
import {
  type LimitCode,
  type LimitTable,
  type Outage,
  QUOTA_SECONDS,
  WINDOW_SECONDS,
  type WindowLimits,
} from './limits.ts'
import type { Tier } from './tiers.ts'

/** The limit table with every window in seconds, ready to be charged. */
export interface Limits {
  readonly ip: readonly Window[]
  readonly key: readonly Window[]
  readonly tiers: Readonly<Record<Tier, readonly Window[]>>
  readonly concurrency: LimitTable['concurrency']
  readonly queueSeconds: LimitTable['queueSeconds']
  readonly routes: Readonly<Record<string, RouteWindows>>
}

export interface RouteWindows {
  readonly per: 'ip' | 'caller'
  readonly windows: readonly Window[]
}

export function limitsFrom(table: LimitTable): Limits {
  const { concurrency, queueSeconds } = table
  return {
    concurrency,
    queueSeconds,
    ip: windowsFrom(table.ip, () => 'RATE_LIMIT_EXCEEDED_IP'),
    key: windowsFrom(table.key, () => 'RATE_LIMIT_EXCEEDED'),
    tiers: mapValues(table.tiers, (limits) => windowsFrom(limits, codeOfUserWindow)),
    routes: mapValues(table.routes, ({ per, windows, outage }, name) => ({
      per,
      windows: windowsFrom(windows, () => 'RATE_LIMIT_EXCEEDED', outage, `${name}:`),
    })),
  }
}

/** The length of a window by its name or its number of seconds; undefined when it is neither. */
export function secondsOf(window: string): number | undefined {
  if (Object.hasOwn(WINDOW_SECONDS, window)) {
    return WINDOW_SECONDS[window as keyof typeof WINDOW_SECONDS]
  }
  return /^[1-9]\d{0,8}$/.test(window) ? Number(window) : undefined
}

function windowsFrom(
  limits: WindowLimits,
  codeOf: (seconds: number) => LimitCode,
  outage: Outage = 'admit',
  prefix = '',
): readonly Window[] {
  return Object.entries(limits)
    .map(([name, limit]) => ({ seconds: secondsOf(name) ?? 0, limit }))
    .sort((one, other) => one.seconds - other.seconds)
    .map(({ seconds, limit }) => ({
      id: `${prefix}${seconds}`,
      seconds,
      ...(typeof limit === 'number' ? { limit } : limit),
      code: codeOf(seconds),
      outage,
    }))
}

function codeOfUserWindow(seconds: number): LimitCode {
  return seconds >= QUOTA_SECONDS ? 'QUOTA_EXCEEDED' : 'RATE_LIMIT_EXCEEDED_USER'
}

function mapValues<K extends string, A, B>(
  table: Readonly<Record<K, A>>,
  convert: (value: A, key: K) => B,
): Record<K, B> {
  const entries = Object.entries(table) as [K, A][]
  return Object.fromEntries(entries.map(([key, value]) => [key, convert(value, key)])) as Record<
    K,
    B
  >
}
