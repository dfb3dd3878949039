import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import * as v from 'valibot'
import { failTokenEndpoint, tokenEndpointFailures } from './token-endpoint-failures.ts'
import { type TokenOptions, tokenOptionsSchema } from './token-options.ts'

/** The one client that may exchange refresh tokens. */
export const client = { id: 'local-gateway', secret: 'local-gateway-secret' } as const

const refreshTokenOptionsSchema = v.strictObject({
  /** What the access tokens say that it is exchanged for. */
  token: v.optional(tokenOptionsSchema, {}),
  /** Otherwise it stays good, and an exchange gives no new one. */
  rotates: v.optional(v.boolean(), true),
  /** How the endpoint answers to this token. */
  fails: v.optional(v.picklist(tokenEndpointFailures)),
  delayMs: v.optional(v.number(), 0),
})

export type RefreshTokenOptions = v.InferInput<typeof refreshTokenOptionsSchema>

/** Throws a sentence that names the first field at fault. */
export function refreshTokenOptionsFrom(input: unknown): RefreshTokenOptions {
  const parsed = v.safeParse(refreshTokenOptionsSchema, input)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw new Error(`${v.getDotPath(issue) ?? 'refresh token options'}: ${issue.message}`)
}

/** All tokens that came of one sign-in. */
interface Family {
  readonly options: v.InferOutput<typeof refreshTokenOptionsSchema>
  current: string
  revoked: boolean
}

/** How one exchange came out, for whoever counts them. */
export interface Exchange {
  readonly refreshToken: string
  readonly audience: string | null
}

/**
 * RFC 6749, section 6, with rotation as large tenants have it: whoever presents a token a second time is taken for a
 * thief, and the whole family ends.
 */
export function createTokenEndpoint(mint: (options: TokenOptions) => Promise<string>) {
  const families = new Map<string, Family>()
  const exchanges: Exchange[] = []

  function issue(family: Family): string {
    family.current = `rt_${randomBytes(32).toString('base64url')}`
    families.set(family.current, family)
    return family.current
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request))
    const isClient =
      form.get('client_id') === client.id && form.get('client_secret') === client.secret
    if (!isClient) return send(response, 401, { error: 'invalid_client' })
    if (form.get('grant_type') !== 'refresh_token') {
      return send(response, 400, { error: 'unsupported_grant_type' })
    }
    const refreshToken = form.get('refresh_token') ?? ''
    const audience = form.get('audience')
    exchanges.push({ refreshToken, audience })
    const family = families.get(refreshToken)
    if (family) await wait(family.options.delayMs, undefined, { ref: false })
    if (family?.options.fails) return failTokenEndpoint(family.options.fails, response)
    if (family && family.current !== refreshToken) family.revoked = true
    if (!family || family.revoked) {
      const error_description = 'Unknown or invalid refresh token.'
      return send(response, 403, { error: 'invalid_grant', error_description })
    }
    const { token, rotates } = family.options
    send(response, 200, {
      access_token: await mint({ ...token, ...(audience !== null && { audience }) }),
      token_type: 'Bearer',
      expires_in: token.expiresInSeconds ?? 3600,
      ...(rotates && { refresh_token: issue(family) }),
    })
  }

  return {
    answer,
    exchanges: exchanges as readonly Exchange[],
    mint(options: RefreshTokenOptions = {}): string {
      const parsed = v.parse(refreshTokenOptionsSchema, options)
      return issue({ options: parsed, current: '', revoked: false })
    },
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  response.writeHead(status, headers).end(JSON.stringify(body))
}
