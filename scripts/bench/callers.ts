import type { KeyAlgorithm } from '../issuer/signing-keys.ts'
import type { LocalIssuer } from '../issuer.ts'
import type { WireRequest } from './wire-request.ts'

/** Whoever sends requests. User n has the same token and the same address all the time. */
export interface Callers {
  /** The Authorization header of user n; the token is signed by RS256 unless told otherwise. */
  authorization(n: number, alg?: KeyAlgorithm): Promise<string>
  /** The same with the signature of somebody else's token. */
  badlySigned(n: number): Promise<string>
  expired(n: number): Promise<string>
}

export function createCallers(issuer: LocalIssuer): Callers {
  const tokens = new Map<string, Promise<string>>()
  const mint = (n: number, expiresInSeconds: number, alg: KeyAlgorithm = 'RS256') =>
    issuer.mint({ subject: `bench|${n}`, tier: 'free', expiresInSeconds, alg })
  const tokenOf = (n: number, alg: KeyAlgorithm = 'RS256') => {
    const token = tokens.get(`${alg} ${n}`) ?? mint(n, 3_600, alg)
    tokens.set(`${alg} ${n}`, token)
    return token
  }
  return {
    authorization: async (n, alg) => `Bearer ${await tokenOf(n, alg)}`,
    async badlySigned(n) {
      const [token, other] = await Promise.all([tokenOf(n), tokenOf(n + 1)])
      return `Bearer ${token.slice(0, token.lastIndexOf('.'))}${other.slice(other.lastIndexOf('.'))}`
    },
    expired: async (n) => `Bearer ${await mint(n, -60)}`,
  }
}

/** Caller n's, as the platform reports it. */
export function addressOf(n: number): string {
  return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
}

/** A POST of caller n's. */
export function post(
  path: string,
  caller: number,
  body: string,
  authorization?: string,
): WireRequest {
  const { headers } = get(path, caller, authorization)
  return { method: 'POST', path, headers: { ...headers, 'Content-Type': 'application/json' }, body }
}

export function get(path: string, caller: number, authorization?: string): WireRequest {
  return {
    method: 'GET',
    path,
    headers: {
      'CF-Connecting-IP': addressOf(caller),
      Accept: 'application/json',
      ...(authorization && { Authorization: authorization }),
    },
  }
}
