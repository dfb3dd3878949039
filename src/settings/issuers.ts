import * as v from 'valibot'
import type { Issuer } from '../policy/issuer.ts'
import { DEFAULT_CLAIMS } from '../policy/principal.ts'
import { json } from './json.ts'
import { keyUrl } from './urls.ts'

/** Asymmetric only: with a shared secret beside public keys, anyone could sign with what everyone may read. */
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

const words = v.union([
  v.pipe(
    v.string(),
    v.nonEmpty(),
    v.transform((word) => [word]),
  ),
  v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.nonEmpty()),
])

const issuer = v.strictObject({
  issuer: keyUrl,
  audience: words,
  jwksUrl: v.exactOptional(keyUrl),
  algorithms: v.optional(v.pipe(v.array(v.picklist(ALGORITHMS)), v.nonEmpty()), [...ALGORITHMS]),
  claims: v.optional(
    v.strictObject({
      tier: v.exactOptional(words),
      roles: v.exactOptional(words),
      permissions: v.exactOptional(words),
    }),
    {},
  ),
})

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
    algorithms: [...ALGORITHMS],
    claims: {},
  })
}

function issuerFrom({ claims, ...rest }: v.InferOutput<typeof issuer>): Issuer {
  return { ...rest, claims: { ...DEFAULT_CLAIMS, ...claims } }
}
