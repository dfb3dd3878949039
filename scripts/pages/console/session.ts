import * as v from 'valibot'

/** After so long without a hand on it, nobody may be there. */
export const IDLE_MS = 15 * 60_000

export type Ending = 'signedOut' | 'idle'

/** Holds the token: in this object alone, and no longer than the page. */
export class Session {
  #token: string | undefined
  #usedAt = 0
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  begin(token: string): void {
    this.#token = token
    this.#usedAt = this.#now()
  }

  end(): void {
    this.#token = undefined
  }

  /** A key, a finger, a moved pointer. */
  use(): void {
    if (!this.isIdle()) this.#usedAt = this.#now()
  }

  isIdle(): boolean {
    return this.#token !== undefined && this.#now() - this.#usedAt >= IDLE_MS
  }

  get authorization(): string | undefined {
    return this.#token === undefined ? undefined : `Bearer ${this.#token}`
  }

  /** What the token says of itself, for display alone: the gateway judges it. */
  get holder(): Holder {
    return holderOf(this.#token ?? '')
  }
}

export interface Holder {
  readonly name?: string
  /** Milliseconds. */
  readonly expiresAt?: number
}

const Claims = v.object({
  sub: v.optional(v.string()),
  email: v.optional(v.string()),
  exp: v.optional(v.number()),
})

export function holderOf(token: string): Holder {
  const claims = v.safeParse(Claims, payloadOf(token))
  if (!claims.success) return {}
  const { sub, email = sub, exp } = claims.output
  return {
    ...(email !== undefined && { name: email }),
    ...(exp !== undefined && { expiresAt: exp * 1000 }),
  }
}

function payloadOf(token: string): unknown {
  const [, payload = ''] = token.split('.')
  try {
    const bytes = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (each) => each.charCodeAt(0)))
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What was pasted, less what is often copied along. Undefined: no header can carry it, so it is no token. */
export function tokenFrom(pasted: string): string | undefined {
  const text = pasted
    .trim()
    .replace(/^(?:authorization:\s*)?bearer\s+/i, '')
    .replace(/^["']|["']$/g, '')
    .replace(/\s+/g, '')
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) ? text : undefined
}
