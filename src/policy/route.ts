import type { BodyRule } from './bodies/body-rule.ts'

/** What a route demands of its caller. */
export type Access = 'public' | 'user' | 'userOrKey' | 'admin'

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof METHODS)[number]

/** What a 404 of the upstream is about, where its body does not say. */
export type Resource = 'USER' | 'TUNNEL' | 'SESSION' | 'WEBHOOK'

/** What an upstream's refusal is about, where it is not the caller's own token. */
export type Credential = 'refreshToken'

export type PageName =
  | 'health'
  | 'ready'
  | 'ownKeys'
  | 'asset'
  | 'errorList'
  | 'errorCode'
  | 'openapi'
  | 'docs'
  | 'listSubjects'
  | 'readSubject'
  | 'changeSubject'
  | 'auditTrail'
  | 'traffic'
  | 'exchanges'
  | 'metrics'
  | 'recentEvents'
  | 'readSettings'
  | 'console'
  | 'refreshToken'

/** A row of the route table; the `ROUTES` setting has the same shape, less `page`. */
export interface Route {
  /** As in Hono: `:name` for a segment, `/*` at the end for a subtree (with its root). */
  readonly path: string
  /** Absent: every method. GET includes HEAD. */
  readonly methods?: readonly Method[]
  readonly access: Access
  /** The tier feature that the caller's tier must include. */
  readonly feature?: string
  /** All of them are required. */
  readonly permissions?: readonly string[]
  /** One of them is enough. */
  readonly anyPermission?: readonly string[]
  /** A narrower limit of `policy/limits.ts`, beside the general ones. */
  readonly limit?: string
  /** How many requests one request counts as; 1 when absent. */
  readonly cost?: number
  readonly resource?: Resource
  /** Whoever is admitted signs out: the token it came with is revoked, or all that were issued until now. */
  readonly revokes?: 'token' | 'all'
  /** The upstream's failures are told in the codes of this credential. */
  readonly credential?: Credential
  /** What a body sent to it is held to, up to 64 KiB; absent: nothing but its size. */
  readonly body?: BodyRule
  /** Ids in the path and the query, and `page`, `limit` and `offset`, have to look like what they are. */
  readonly parameters?: 'checked'
  /** To the first byte of the answer. */
  readonly timeoutMs?: number
  /** Another base URL than `UPSTREAM_URL`. */
  readonly upstream?: string
  /** Answered by the gateway itself. */
  readonly page?: PageName
}
