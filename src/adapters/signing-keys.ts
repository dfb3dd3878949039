import { createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters } from 'jose'
import type { Issuer } from '../policy/issuer.ts'
import { carriesKeysSafely } from '../policy/key-url.ts'
import type { Log, SigningKeyLookup, SigningKeys } from '../ports.ts'

const MINUTE_MS = 60_000
/** Up to here a set is used as it is; up to the next it is used and refreshed in the background. */
const FRESH_MS = 5 * MINUTE_MS
const STALE_MS = 15 * MINUTE_MS
/** An unknown `kid` asks the issuer again when the set is older: at most five times a minute. */
const UNKNOWN_KEY_AGE_MS = 12_000
/** A failed fetch is not repeated before this much time has passed, when there is no set to go on with. */
const RETRY_MS = 1_000
const FETCH_TIMEOUT_MS = 3_000
/** Discovery and key set, and a little. */
const WAIT_TIMEOUT_MS = 7_000
const MAX_DOCUMENT_BYTES = 256 * 1024

type FindKey = ReturnType<typeof createLocalJWKSet>

interface KeySet {
  readonly find: FindKey
  readonly fetchedAt: number
}

interface Outside {
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly log: Log
  readonly background: (work: Promise<unknown>) => void
}

/** Each issuer's key set, kept in the isolate, with one fetch at a time. */
export class IssuerKeys implements SigningKeys {
  readonly #outside: Outside
  readonly #sets = new Map<string, KeySet>()
  readonly #fetches = new Map<string, Promise<KeySet | undefined>>()
  readonly #askedAt = new Map<string, number>()
  readonly #failing = new Set<string>()

  constructor(outside: Outside) {
    this.#outside = outside
  }

  async find(issuer: Issuer, header: JWSHeaderParameters): Promise<SigningKeyLookup> {
    const set = await this.#current(issuer)
    if (!set) return { kind: 'unavailable' }
    const keys = await keysFor(set, header)
    if (keys.length > 0) return { kind: 'found', keys }
    // The key may have been rotated in since; but a flood of made-up `kid`s must not become one of fetches.
    if (this.#isNew(set)) return { kind: 'unknown' }
    const newer = await this.#refresh(issuer)
    if (!newer) return { kind: 'unavailable' }
    const rotatedIn = await keysFor(newer, header)
    return rotatedIn.length > 0 ? { kind: 'found', keys: rotatedIn } : { kind: 'unknown' }
  }

  /** The set to go by. A stale one is refreshed first, unless the issuer failed when it was last asked. */
  async #current(issuer: Issuer): Promise<KeySet | undefined> {
    const set = this.#sets.get(issuer.issuer)
    if (!set) return this.#refresh(issuer)
    const age = this.#outside.now() - set.fetchedAt
    if (age <= FRESH_MS) return set
    if (age > STALE_MS && !this.#failing.has(issuer.issuer))
      return (await this.#refresh(issuer)) ?? set
    this.#outside.background(this.#refresh(issuer))
    return set
  }

  #isNew(set: KeySet): boolean {
    return this.#outside.now() - set.fetchedAt <= UNKNOWN_KEY_AGE_MS
  }

  /** Whether there is a set for each of them, fetched if need be. */
  async have(issuers: readonly Issuer[]): Promise<boolean> {
    const sets = await Promise.all(
      issuers.map((issuer) => this.#sets.get(issuer.issuer) ?? this.#refresh(issuer)),
    )
    return sets.every((set) => set !== undefined)
  }

  /**
   * The one promise that requests share. The leader keeps it alive past its own answer; every waiter has a timer of
   * its own, because on Workers a promise begun by another request may never settle.
   */
  async #refresh(issuer: Issuer): Promise<KeySet | undefined> {
    const running = this.#fetches.get(issuer.issuer)
    if (running) {
      const outcome = await Promise.race([running, timeout()])
      if (outcome !== 'late') return outcome
      this.#fetches.delete(issuer.issuer)
      return this.#fetchSet(issuer)
    }
    const known = this.#sets.get(issuer.issuer)
    if (known && this.#isNew(known)) return known
    const { now, background } = this.#outside
    const pause = known ? UNKNOWN_KEY_AGE_MS : RETRY_MS
    if (now() - (this.#askedAt.get(issuer.issuer) ?? 0) < pause) return undefined
    this.#askedAt.set(issuer.issuer, now())
    const fetching = this.#fetchSet(issuer).finally(() => this.#fetches.delete(issuer.issuer))
    this.#fetches.set(issuer.issuer, fetching)
    background(fetching)
    return fetching
  }

  /** Undefined when the issuer cannot be reached or answers something else than a key set. */
  async #fetchSet(issuer: Issuer): Promise<KeySet | undefined> {
    const { now, log } = this.#outside
    try {
      const url = issuer.jwksUrl ?? (await this.#discover(issuer))
      const document = await this.#json(url)
      const set = { find: createLocalJWKSet(signingKeysOf(document)), fetchedAt: now() }
      this.#sets.set(issuer.issuer, set)
      this.#failing.delete(issuer.issuer)
      return set
    } catch (error) {
      const reason = error instanceof KeysFault ? error.message : 'unreachable'
      this.#failing.add(issuer.issuer)
      log.write({ event: 'keys.unavailable', issuer: issuer.issuer, reason })
      return undefined
    }
  }

  async #discover({ issuer }: Issuer): Promise<string> {
    const base = issuer.endsWith('/') ? issuer : `${issuer}/`
    const document = await this.#json(`${base}.well-known/openid-configuration`)
    // OpenID Connect Discovery 1.0, section 4.3: a document of another issuer is not this one's.
    if (document.issuer !== issuer)
      throw new KeysFault('the discovery document names another issuer')
    const { jwks_uri: address } = document
    if (typeof address !== 'string') throw new KeysFault('discovery names no key set')
    if (!carriesKeysSafely(address))
      throw new KeysFault('discovery names a key set over plain http')
    return address
  }

  async #json(url: string): Promise<Record<string, unknown>> {
    const response = await this.#outside.fetch(url, {
      headers: { Accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new KeysFault(`status ${response.status}`)
    }
    const document = parsed(await boundedText(response))
    if (typeof document !== 'object' || document === null) throw new KeysFault('no JSON object')
    return document as Record<string, unknown>
  }
}

/** A reason of our own words, safe to log. */
class KeysFault extends Error {}

function signingKeysOf(document: Record<string, unknown>): JSONWebKeySet {
  const listed = Array.isArray(document.keys) ? document.keys : []
  const keys = listed.filter(
    (key) =>
      typeof key === 'object' &&
      key !== null &&
      typeof key.kty === 'string' &&
      // Private and symmetric keys have no business in a public set, and nothing signed with one is to be believed.
      key.kty !== 'oct' &&
      key.d === undefined &&
      (key.use === undefined || key.use === 'sig'),
  )
  if (keys.length === 0) throw new KeysFault('no signing key in the set')
  return { keys }
}

async function keysFor({ find }: KeySet, header: JWSHeaderParameters): Promise<CryptoKey[]> {
  try {
    return [await find(header)]
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return []
    return Array.fromAsync(error)
  }
}

function timeout(): Promise<'late'> {
  return new Promise((resolve) => setTimeout(resolve, WAIT_TIMEOUT_MS, 'late'))
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_DOCUMENT_BYTES) throw new KeysFault('the document is too large')
  }
  return text + decoder.decode()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new KeysFault('no JSON')
  }
}
