import type { Route } from './route.ts'

export type ExemptionRule = 'health' | 'auth' | 'admin'

const PATHS: Readonly<Record<string, ExemptionRule>> = {
  '/health': 'health',
  '/db/health': 'health',
  '/auth/login': 'auth',
  '/auth/token/refresh': 'auth',
  '/auth/logout': 'auth',
  '/auth/callback': 'auth',
}

/**
 * The rule that frees requests for this route from the general windows and the allowance of their caller. Never from
 * those of the address, and never from a route's own limit: a rule that lifted those would be a way around them.
 */
export function exemptionOf({ path, access }: Route): ExemptionRule | undefined {
  // Whoever is admitted there is an admin.
  if (access === 'admin') return 'admin'
  const unmounted = path.replace(/^\/api(?=\/)/, '')
  return Object.hasOwn(PATHS, unmounted) ? PATHS[unmounted] : undefined
}
