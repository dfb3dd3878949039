import * as v from 'valibot'
import type { Issuer } from '../policy/issuer.ts'
import { KeySet } from './key-set.ts'
import { KeysFault } from './keys-fault.ts'

/** Clocks of two data centres differ; a copy dated further ahead was not dated by us. */
const CLOCKS_DIFFER_MS = 5_000

const Copy = v.object({
  issuer: v.string(),
  jwksUrl: v.nullable(v.string()),
  fetchedAt: v.number(),
  keys: v.array(v.unknown()),
})

/** Of what the settings say: where discovery leads is somebody else's word. */
export function copyName({ issuer, jwksUrl }: Issuer): string {
  return `${issuer} ${jwksUrl ?? ''}`
}

export function copyOf({ issuer, jwksUrl }: Issuer, { fetchedAt, jwks }: KeySet): string {
  return JSON.stringify({ issuer, jwksUrl: jwksUrl ?? null, fetchedAt, keys: jwks })
}

/** Read as warily as the issuer's own answer; throws a KeysFault when it cannot be used. */
export async function setFromCopy(
  text: string,
  { issuer, jwksUrl }: Issuer,
  now: number,
  before: KeySet | undefined,
): Promise<KeySet> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Copy), text)
  if (!parsed.success) throw new KeysFault('no copy of a key set')
  const copy = parsed.output
  if (copy.issuer !== issuer || copy.jwksUrl !== (jwksUrl ?? null)) {
    throw new KeysFault('a copy of another issuer')
  }
  if (copy.fetchedAt > now + CLOCKS_DIFFER_MS) throw new KeysFault('a copy from the future')
  return KeySet.from(copy, Math.min(copy.fetchedAt, now), before)
}
