import { base64url } from 'jose'
import { addressFrom, UNKNOWN_ADDRESS } from './address.ts'
import { holdsCredential } from './credential-shape.ts'

const ADDRESS = /^[0-9a-f.:]+(?:\/64)?$/i
const KEY_HASH = /^[0-9a-f]{64}$/
const ISSUER_AND_SUB = /^[^|]+\|.+$/s

/**
 * The subject that a path segment names: itself, or its base64url. They cannot be confused, since every subject has a
 * colon and base64url has none. The second spelling is for issuers, most of which have slashes: no path may have one.
 */
export function subjectFrom(segment: string): string | undefined {
  const text = segment.includes(':') ? segment : textFrom(segment)
  const colon = text?.indexOf(':') ?? -1
  const rest = text?.slice(colon + 1) ?? ''
  switch (text?.slice(0, colon)) {
    case 'ip':
      return addressSubject(rest)
    case 'key':
      return KEY_HASH.test(rest) ? text : undefined
    case 'user':
      return ISSUER_AND_SUB.test(rest) && !holdsCredential(rest) ? text : undefined
    default:
      return undefined
  }
}

/** Read as a client's own address is read, so that any address of a network names the network's record. */
function addressSubject(text: string): string | undefined {
  if (text === UNKNOWN_ADDRESS) return `ip:${UNKNOWN_ADDRESS}`
  if (!ADDRESS.test(text)) return undefined
  const headers = new Headers({ 'CF-Connecting-IP': text.replace(/\/64$/, '') })
  const address = addressFrom(headers, false)
  return address === UNKNOWN_ADDRESS ? undefined : `ip:${address}`
}

/** Undefined: not the base64url of a text. */
function textFrom(segment: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      base64url.decode(segment),
    )
  } catch {
    return undefined
  }
}
