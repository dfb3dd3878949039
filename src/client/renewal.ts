import { type HeldToken, holdToken, type Reading, type TokenSource } from './held-token.ts'

/** What `/auth/token/refresh` answers. */
export interface RefreshedTokens {
  readonly accessToken: string
  readonly tokenType?: string
  /** Seconds. */
  readonly expiresIn?: number
  /** The one to use from now on; absent where it is a cookie. */
  readonly refreshToken?: string
}

export interface Refresh {
  /** Absent: the browser's cookie `refreshToken` is used. */
  readonly token?: TokenSource
  /** Told of new tokens before any call goes on with them; the place to save both. */
  readonly renewed?: (tokens: RefreshedTokens) => unknown
}

export interface Renewal {
  /** How many have ended. A try remembers what it read before it was sent. */
  readonly ended: number
  /** Begun for the first who meets an expired token; the others join, and so do those whose answer was late. */
  join(expired: Reading, endedBefore: number): Promise<void>
}

export function createRenewal(
  { token, renewed }: Refresh,
  access: HeldToken,
  exchange: (refreshToken: string | undefined) => Promise<RefreshedTokens>,
): Renewal {
  const held = holdToken(token)
  let ended = 0
  let latest: { of: string | undefined; work: Promise<void>; under: boolean } | undefined

  async function renew(expired: Reading) {
    const old = await held.read()
    const tokens = await exchange(old.token)
    access.replace(expired, tokens.accessToken)
    if (tokens.refreshToken) held.replace(old, tokens.refreshToken)
    await renewed?.(tokens)
  }

  function begin(expired: Reading): Promise<void> {
    const mine = {
      of: expired.token,
      under: true,
      work: renew(expired).finally(() => {
        mine.under = false
        ended += 1
      }),
    }
    latest = mine
    return mine.work
  }

  return {
    get ended() {
      return ended
    },
    async join(expired, endedBefore) {
      const { token: current } = await access.read()
      // Its owner has another one by now.
      if (current !== expired.token) return
      const known = latest?.of === expired.token ? latest : undefined
      if (known && (known.under || ended > endedBefore)) return known.work
      return begin(expired)
    },
  }
}
