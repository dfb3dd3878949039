import type { Issuer } from '../policy/issuer.ts'
import { carriesKeysSafely } from '../policy/key-url.ts'
import { boundedText } from './bounded-text.ts'
import { KeysFault } from './keys-fault.ts'

/** For discovery and key set together, to the last byte. */
const TIMEOUT_MS = 4_000

/** More than any key set has. */
export const MAX_BYTES = 256 * 1024

type Get = (url: string) => Promise<object>

/** The document in which an issuer publishes its keys, as it is now; throws a KeysFault when it cannot be had. */
export async function publishedKeys(issuer: Issuer, fetch: typeof globalThis.fetch) {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const get: Get = async (url) => objectFrom(await textAt(url, fetch, signal))
  return get(issuer.jwksUrl ?? (await discovered(issuer, get)))
}

async function discovered({ issuer }: Issuer, get: Get): Promise<string> {
  const base = issuer.endsWith('/') ? issuer : `${issuer}/`
  const document = await get(`${base}.well-known/openid-configuration`)
  // OpenID Connect Discovery 1.0, section 4.3: a document of another issuer is not this one's.
  if (!('issuer' in document) || document.issuer !== issuer) {
    throw new KeysFault('the discovery document names another issuer')
  }
  if (!('jwks_uri' in document) || typeof document.jwks_uri !== 'string') {
    throw new KeysFault('discovery names no key set')
  }
  if (!carriesKeysSafely(document.jwks_uri)) {
    throw new KeysFault('discovery names a key set over plain http')
  }
  return document.jwks_uri
}

async function textAt(
  url: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      redirect: 'manual',
      // A cache on the way would make a removed key look published.
      cache: 'no-store',
      signal,
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new KeysFault(`status ${response.status}`)
    }
    const text = await boundedText(response, MAX_BYTES)
    if (text === undefined) throw new KeysFault('the document is too large')
    return text
  } catch (error) {
    if (error instanceof KeysFault) throw error
    throw new KeysFault(signal.aborted ? 'late' : 'unreachable')
  }
}

function objectFrom(text: string): object {
  const document = jsonFrom(text)
  if (typeof document !== 'object' || document === null) throw new KeysFault('no JSON object')
  return document
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new KeysFault('no JSON')
  }
}
