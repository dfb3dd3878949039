import type { Settings } from './given.ts'

export interface Plan {
  readonly ports: Readonly<Record<'gateway' | PartName, number>>
  /** The parts that nothing real stands in for. */
  readonly embedded: Readonly<Record<PartName, boolean>>
}

export type PartName = 'upstream' | 'issuer' | 'store'

const companions = [
  ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
  ['UPSTASH_REDIS_REST_TOKEN', 'UPSTASH_REDIS_REST_URL'],
  ['JWT_ISSUER', 'JWT_AUDIENCE'],
  ['JWT_AUDIENCE', 'JWT_ISSUER'],
  ['JWT_JWKS_URL', 'JWT_ISSUER'],
  ['TOKEN_ENDPOINT', 'TOKEN_CLIENT_ID'],
  ['TOKEN_CLIENT_ID', 'TOKEN_CLIENT_SECRET'],
  ['TOKEN_CLIENT_SECRET', 'TOKEN_ENDPOINT'],
] as const

/** Which parts run here, and where; throws when a real one is only half described. */
export function planFor(given: Settings, port: number): Plan {
  for (const [name, companion] of companions) {
    if (given[name] && !given[companion]) throw new Error(`${name} is set without ${companion}`)
  }
  return {
    ports: { gateway: port, upstream: port + 1, issuer: port + 2, store: port + 3 },
    embedded: {
      upstream: !given.UPSTREAM_URL,
      issuer: !given.JWT_ISSUER && !given.JWT_ISSUERS,
      store: !given.UPSTASH_REDIS_REST_URL,
    },
  }
}
