import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { failKeySet, type KeySetFailure } from './issuer/key-set-failures.ts'
import { defaultAudience, mint } from './issuer/mint.ts'
import { createSigningKeys, keyAlgorithms } from './issuer/signing-keys.ts'
import {
  client,
  createTokenEndpoint,
  type Exchange,
  type RefreshTokenOptions,
  refreshTokenOptionsFrom,
} from './issuer/token-endpoint.ts'
import { type TokenOptions, tokenOptionsFrom } from './issuer/token-options.ts'
import { close, listen } from './upstream/listen.ts'
import { runServerCommand } from './upstream/server-command.ts'

export interface LocalIssuer {
  /** With the trailing slash that its tokens carry. */
  readonly issuer: string
  readonly jwksUrl: string
  readonly audience: string
  mint(options?: TokenOptions): Promise<string>
  /** Where refresh tokens are exchanged, and who may. */
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  mintRefreshToken(options?: RefreshTokenOptions): string
  /** The calls of the token endpoint that came from its client. */
  readonly exchanges: readonly Exchange[]
  /** New keys sign from now on; the previous ones stay published until revoked or rotated again. */
  rotate(): Promise<void>
  /** Takes the keys before the last rotation out of the published set. */
  revokePrevious(): void
  /** Key-set fetches so far, failed ones included. */
  readonly requests: number
  /** How discovery and key set answer from now on. */
  fail(mode: KeySetFailure | 'none'): void
  stop(): Promise<void>
}

/** A token issuer for development and tests: its keys live as long as it does. */
export async function startIssuer(options: { port?: number } = {}): Promise<LocalIssuer> {
  const keys = await createSigningKeys()
  let failure: KeySetFailure | 'none' = 'none'
  let requests = 0

  const server = createServer((request, response) => {
    const asked = `${request.method} ${request.url?.split('?')[0]}`
    const minted = minters[asked]
    if (minted) return mintOnRequest(request, response, minted)
    if (asked === 'POST /oauth/token') return endpoint.answer(request, response)
    const document = documents[asked]
    if (!document) return sendJson(response, 404, { error: 'not found' })
    if (document === keySet) requests += 1
    if (failure !== 'none') return failKeySet(failure, response)
    sendJson(response, 200, document(), { 'cache-control': 'public, max-age=15' })
  })

  const issuer = `http://127.0.0.1:${await listen(server, options.port)}/`
  const jwksUrl = `${issuer}.well-known/jwks.json`
  const endpoint = createTokenEndpoint((wanted) => mint(keys, issuer, wanted))
  const keySet = () => keys.published()
  const minters: Record<string, (wanted: unknown) => Promise<unknown>> = {
    'POST /dev/tokens': async (wanted) => ({
      token: await mint(keys, issuer, tokenOptionsFrom(wanted)),
    }),
    'POST /dev/refresh-tokens': async (wanted) => ({
      refreshToken: endpoint.mint(refreshTokenOptionsFrom(wanted)),
    }),
  }
  const documents: Record<string, () => unknown> = {
    'GET /.well-known/jwks.json': keySet,
    'GET /.well-known/openid-configuration': () => ({
      issuer,
      jwks_uri: jwksUrl,
      token_endpoint: `${issuer}oauth/token`,
      id_token_signing_alg_values_supported: keyAlgorithms,
      subject_types_supported: ['public'],
    }),
  }

  async function mintOnRequest(
    request: IncomingMessage,
    response: ServerResponse,
    minted: (wanted: unknown) => Promise<unknown>,
  ) {
    try {
      sendJson(response, 200, await minted(JSON.parse((await text(request)) || '{}')))
    } catch (error) {
      sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) })
    }
  }

  return {
    issuer,
    jwksUrl,
    audience: defaultAudience,
    mint: (wanted = {}) => mint(keys, issuer, wanted),
    tokenEndpoint: `${issuer}oauth/token`,
    clientId: client.id,
    clientSecret: client.secret,
    mintRefreshToken: endpoint.mint,
    exchanges: endpoint.exchanges,
    rotate: keys.rotate,
    revokePrevious: keys.revokePrevious,
    get requests() {
      return requests
    },
    fail: (mode) => {
      failure = mode
    },
    stop: () => close(server),
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
}

if (import.meta.main) {
  await runServerCommand({
    name: 'issuer',
    help: `Usage: npx node scripts/issuer.ts [--port N]

A token issuer for development on 127.0.0.1; its keys are new at every start.
  GET  /.well-known/openid-configuration
  GET  /.well-known/jwks.json
  POST /dev/tokens    what the token shall say as JSON, answers {"token": "…"}
                      (npm run -s mint-token -- --help lists the fields)
  POST /dev/refresh-tokens
                      {"token": {…}, "rotates", "fails", "delayMs"}, all optional, answers {"refreshToken": "…"}
  POST /oauth/token   exchanges it, for the client ${client.id} with ${client.secret}`,
    start: async (port) => {
      const issuer = await startIssuer({ port })
      return { ready: `ready at ${issuer.issuer} for ${issuer.audience}`, stop: issuer.stop }
    },
  })
}
