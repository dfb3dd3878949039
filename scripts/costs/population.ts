import type { Account } from '../../src/policy/charge.ts'
import { LIMITS } from '../../src/policy/limits.ts'
import type { Tier } from '../../src/policy/tiers.ts'
import { limitsFrom } from '../../src/policy/windows.ts'

/** So much of the population, its busiest, is flattened: nobody makes all requests alone. */
const FLATTENED = 0.01

/** The busiest pay for more. */
const ENTERPRISE = 0.01
const PREMIUM = 0.1

const limits = limitsFrom(LIMITS)

/**
 * Whose visit it is, as the user's place by activity, from 0 (the busiest) to 1. The chance falls with the place by
 * Zipf's law, exponent 1, as Mandelbrot has it: the busiest make 20 times the mean, however many users there are.
 */
export function placeOf(chance: number): number {
  return FLATTENED * ((1 + FLATTENED) / FLATTENED) ** chance - FLATTENED
}

/** User n of so many, the busiest first, and an address of their own. */
export function accountsOf(user: number, users: number): { address: Account; caller: Account } {
  return {
    address: { subject: `ip:${user}`, windows: limits.ip },
    caller: { subject: `user:${user}`, windows: limits.tiers[tierAt((user + 0.5) / users)] },
  }
}

function tierAt(place: number): Tier {
  if (place < ENTERPRISE) return 'enterprise'
  return place < PREMIUM ? 'premium' : 'free'
}
