import * as v from 'valibot'
import type { Issuer } from '../policy/issuer.ts'
import { DEFAULT_CLAIMS } from '../policy/principal.ts'
import { json } from './json.ts'
import { keyUrl } from './urls.ts'

/** Asymmetric only: were HS256 among them, anyone could sign with the public key that everyone may read. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
  'Ed25519',
] as const

const SHARED = 'HS256'

/** A hash's key is at least as long as the hash (RFC 7518, section 3.2); the text is taken as it is, in UTF-8. */
const secret = v.pipe(
  v.string(),
  v.check((text) => new TextEncoder().encode(text).length >= 32, 'must be at least 32 bytes long'),
)

const words = v.union([
  v.pipe(
    v.string(),
    v.nonEmpty(),
    v.transform((word) => [word]),
  ),
  v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.nonEmpty()),
])

const algorithms = v.pipe(v.array(v.picklist([...ALGORITHMS, SHARED])), v.nonEmpty())

const entry = v.strictObject({
  issuer: keyUrl,
  audience: words,
  jwksUrl: v.exactOptional(keyUrl),
  algorithms: v.exactOptional(algorithms),
  secret: v.exactOptional(secret),
  claims: v.optional(
    v.strictObject({
      tier: v.exactOptional(words),
      roles: v.exactOptional(words),
      permissions: v.exactOptional(words),
    }),
    {},
  ),
})

type Entry = v.InferOutput<typeof entry>

// Whoever checks signatures with a secret could make them too; so it never stands beside keys that are public.
const issuer = v.pipe(
  entry,
  v.check(
    ({ secret, jwksUrl }) => secret === undefined || jwksUrl === undefined,
    'secret and jwksUrl exclude each other',
  ),
  v.check(
    ({ secret, algorithms }) => (algorithms ?? []).every((alg) => (alg === SHARED) === !!secret),
    'HS256 is for an issuer with a secret, which takes no other algorithm',
  ),
)

export const issuersSetting = json(
  v.pipe(
    v.array(issuer),
    v.nonEmpty('must list at least one issuer'),
    v.check(
      (issuers) => new Set(issuers.map((entry) => entry.issuer)).size === issuers.length,
      'lists an issuer twice',
    ),
    v.transform((issuers) => issuers.map(issuerFrom)),
  ),
)

/** `JWT_AUDIENCE`: one, or several with commas between them. */
export const audienceSetting = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((word) => word.trim())),
  v.check(
    (audience) => audience.every((word) => word !== ''),
    'must list audiences with commas between them',
  ),
)

/** `JWT_ISSUER`, `JWT_AUDIENCE` and `JWT_JWKS_URL`: a single issuer with everything else as usual. */
export function singleIssuer(
  name: string,
  audience: string[],
  jwksUrl: string | undefined,
): Issuer {
  return issuerFrom({
    issuer: name,
    audience,
    ...(jwksUrl !== undefined && { jwksUrl }),
    claims: {},
  })
}

function issuerFrom({ claims, ...rest }: Entry): Issuer {
  const algorithms = rest.secret === undefined ? ALGORITHMS : [SHARED]
  return { algorithms, ...rest, claims: { ...DEFAULT_CLAIMS, ...claims } }
}
