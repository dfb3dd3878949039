import * as v from 'valibot'

const member = v.exactOptional(v.string())

/** The members by which a public key verifies; all others are left behind, so that equal keys are equal text. */
const Jwk = v.object({
  kty: v.string(),
  crv: member,
  n: member,
  e: member,
  x: member,
  y: member,
  alg: member,
  kid: member,
})

export type SigningJwk = v.InferOutput<typeof Jwk>

export type Flaw =
  | 'malformed'
  | 'symmetric'
  | 'private'
  | 'not for signatures'
  | 'unknown kind'
  | 'weak'
  | 'unreadable'

/** RFC 7518, sections 6.2.2 and 6.3.2: whoever publishes one of these has given the key away. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv']

/** What a key may verify: by its curve, or by its type where it has none (RFC 7518, section 3.1; RFC 8037; RFC 9864). */
const ALGORITHMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ['EC P-256', ['ES256']],
  ['EC P-384', ['ES384']],
  ['OKP Ed25519', ['EdDSA', 'Ed25519']],
])

/** A member of a published set as far as it may be used, or why not. */
export function signingJwkFrom(member: unknown): SigningJwk | Flaw {
  if (typeof member !== 'object' || member === null) return 'malformed'
  if ('k' in member || ('kty' in member && member.kty === 'oct')) return 'symmetric'
  if (PRIVATE_MEMBERS.some((name) => name in member)) return 'private'
  if (!verifies(member)) return 'not for signatures'
  const parsed = v.safeParse(Jwk, member)
  if (!parsed.success) return 'malformed'
  return algorithmsOf(parsed.output).length > 0 ? parsed.output : 'unknown kind'
}

/** What the key may verify; where it names one algorithm itself, only that. */
export function algorithmsOf({ kty, crv, alg }: SigningJwk): readonly string[] {
  const able = ALGORITHMS.get(kty === 'RSA' ? kty : `${kty} ${crv}`) ?? []
  return alg === undefined ? able : able.filter((name) => name === alg)
}

/** RFC 7517, sections 4.2 and 4.3. */
function verifies(member: object): boolean {
  const { use, key_ops: operations } = member as {
    readonly use?: unknown
    readonly key_ops?: unknown
  }
  if (use !== undefined && use !== 'sig') return false
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'))
}
