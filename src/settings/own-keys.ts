import * as v from 'valibot'
import type { OwnKeys } from '../policy/own-keys.ts'
import { json } from './json.ts'

// RFC 8037, section 2. The spare bits of the last character are zero, so that one key has one spelling.
const half = v.pipe(
  v.string(),
  v.regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/, 'must be 32 bytes in base64url'),
)
const publicHalf = { kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: half }

// What a JWK says beside these (`kid`, `use`, …) is not asked.
const pair = v.object({ ...publicHalf, d: half })

/** The first key signs. Of the others, private or not, only the public half is used. */
const set = v.object({
  keys: v.pipe(
    v.tupleWithRest([pair], v.object(publicHalf)),
    v.check((keys) => new Set(keys.map(({ x }) => x)).size === keys.length, 'lists a key twice'),
  ),
})

/** `GATEWAY_SIGNING_KEY`: a private JWK, or a set of JWKs that begins with one. */
export const ownKeysSetting = json(
  v.lazy((value) =>
    isSet(value) ? v.pipe(set, v.transform(ofSet)) : v.pipe(pair, v.transform(ofPair)),
  ),
)

function isSet(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'keys')
}

function ofSet({ keys }: v.InferOutput<typeof set>): OwnKeys {
  return { pair: keys[0], published: keys.map(({ x }) => x) }
}

function ofPair(key: v.InferOutput<typeof pair>): OwnKeys {
  return { pair: key, published: [key.x] }
}
