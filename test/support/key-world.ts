import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { KeyCopies } from '../../src/adapters/key-copies.ts'
import { IssuerKeys } from '../../src/adapters/signing-keys.ts'
import type { Issuer } from '../../src/policy/issuer.ts'
import { DEFAULT_CLAIMS } from '../../src/policy/principal.ts'
import { START } from './gateway.ts'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

export const THE_ISSUER: Issuer = {
  issuer: 'https://issuer.test/',
  audience: ['https://api.test'],
  jwksUrl: 'https://issuer.test/keys',
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  claims: DEFAULT_CLAIMS,
}

/** A real public key, as an issuer publishes it. */
export async function publicJwk(kid: string, alg = 'ES256'): Promise<JWK> {
  const { publicKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
}

/** An issuer, what lies around the isolates, and the isolates themselves, with one clock in our hands. */
export function keyWorld(copies: readonly KeyCopies[] = []) {
  const records: Record<string, unknown>[] = []
  const background: Promise<unknown>[] = []
  const patience: (() => void)[] = []
  const fetchedAt: number[] = []
  const world = {
    now: START,
    records,
    /** When the issuer was asked. */
    fetchedAt,
    /** How the issuer answers. */
    answer: (): Response | Promise<Response> => Promise.reject(new TypeError('refused')),
    publish(...keys: readonly unknown[]) {
      world.answer = () => Response.json({ keys })
    },
    isolate: () =>
      new IssuerKeys({
        now: () => world.now,
        log: { write: (record) => void records.push(record) },
        background: (work) => void background.push(work),
        wait: () => new Promise((resolve) => patience.push(resolve)),
        copies,
        fetch: async () => {
          fetchedAt.push(world.now)
          return world.answer()
        },
      }),
    /** Until what goes on in the background is done. */
    async settle() {
      while (background.length > 0) await Promise.all(background.splice(0))
    },
    /** How many wait for another's work. */
    waiting: () => patience.length,
    /** Whoever waits for another's work waits no longer. */
    losePatience: () => {
      for (const leave of patience.splice(0)) leave()
    },
  }
  return world
}

/** What comes of a token with this `kid`. */
export async function lookUp(keys: IssuerKeys, kid: string, alg = 'ES256'): Promise<string> {
  return (await keys.find(THE_ISSUER, { alg, kid })).kind
}
