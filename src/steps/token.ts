import { allow, type Decision, deny } from '../contract/decision.ts'
import { repeatsMember } from './json-members.ts'

/** Larger tokens are refused before anything in them is decoded. */
const MAX_TOKEN_LENGTH = 16_384

const THREE_PARTS = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface DecodedToken {
  readonly text: string
  readonly header: JsonObject
  readonly payload: JsonObject
}

/** The credentials of an `Authorization` header: the scheme in any case, one space, no more. */
export function bearerFrom(authorization: string): string | undefined {
  return /^bearer ([^\s,]+)$/i.exec(authorization)?.[1]
}

/** Takes a compact JWS apart (RFC 7515, section 3.1). Nothing in it is believed yet. */
export function decodeToken(
  text: string,
): Decision<DecodedToken, 'INVALID_TOKEN_FORMAT' | 'INVALID_TOKEN'> {
  const parts = text.length <= MAX_TOKEN_LENGTH ? THREE_PARTS.exec(text) : null
  if (!parts?.slice(1).every(isCanonical)) return malformed('parts')
  const header = jsonObject(parts[1] ?? '')
  // What is signed here is another token (RFC 7519, section 5.2), and none of ours is.
  if (header && isNested(header.value)) return invalid('cty')
  const payload = jsonObject(parts[2] ?? '')
  if (!header || !payload) return malformed('json')
  if (header.repeats || payload.repeats) return invalid('repeated member')
  return allow({ text, header: header.value, payload: payload.value })
}

export function malformed(cause: string) {
  return { ...deny('INVALID_TOKEN_FORMAT'), cause }
}

/** The cause is for the access record: to the client one refusal is like another. */
export function invalid(cause: string) {
  return { ...deny('INVALID_TOKEN'), cause }
}

function isNested({ cty }: JsonObject): boolean {
  return typeof cty === 'string' && /^(?:application\/)?jwt$/i.test(cty)
}

// Spare bits in the last character must be zero (RFC 4648, section 3.5): else one token has many spellings.
function isCanonical(part: string): boolean {
  const last = part.at(-1) ?? ''
  switch (part.length % 4) {
    case 1:
      return false
    case 2:
      return 'AQgw'.includes(last)
    case 3:
      return 'AEIMQUYcgkosw048'.includes(last)
    default:
      return true
  }
}

type JsonObject = Readonly<Record<string, unknown>>

function jsonObject(part: string): { value: JsonObject; repeats: boolean } | undefined {
  try {
    const json = UTF8.decode(Uint8Array.fromBase64(part, { alphabet: 'base64url' }))
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as JsonObject, repeats: repeatsMember(json, value) }
      : undefined
  } catch {
    // Not base64, not UTF-8 or not JSON: there is nothing more to know about it.
    return undefined
  }
}
