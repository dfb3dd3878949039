import * as v from 'valibot'

const seconds = v.pipe(v.number(), v.integer())
const words = v.array(v.string())

/** What a token can be asked to say. An omitted field takes the value of an ordinary token. */
export const tokenOptionsSchema = v.strictObject({
  subject: v.optional(v.string()),
  tier: v.optional(v.picklist(['free', 'premium', 'enterprise'])),
  roles: v.optional(words),
  permissions: v.optional(words),
  /** Counted from `issuedAt`; negative for a token that never was valid. */
  expiresInSeconds: v.optional(seconds),
  /** Unix seconds, as `notBefore`. */
  issuedAt: v.optional(seconds),
  notBefore: v.optional(seconds),
  audience: v.optional(v.union([v.string(), words])),
  /** `none` is unsigned; `HS256` takes the RSA public key for a secret. Both are attacks. */
  alg: v.optional(v.picklist(['RS256', 'ES256', 'EdDSA', 'HS256', 'none'])),
  kid: v.optional(v.string()),
  typ: v.optional(v.string()),
  /** Laid over all others; a claim that is `undefined` here is left out of the token. */
  claims: v.optional(v.record(v.string(), v.unknown())),
})

export type TokenOptions = v.InferInput<typeof tokenOptionsSchema>

/** Throws a sentence that names the first field at fault. */
export function tokenOptionsFrom(input: unknown): TokenOptions {
  const parsed = v.safeParse(tokenOptionsSchema, input)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw new Error(`${v.getDotPath(issue) ?? 'token options'}: ${issue.message}`)
}
