import type { ServerResponse } from 'node:http'
import { type Assertion, createVerifier, type Incoming, type VerifyOptions } from './verify.ts'

export type Vouched = Incoming & { assertion?: Assertion }

/**
 * Lets pass what came through the gateway, and only that; `app.use(requireGateway({ … }))` before every route.
 * The refusal is 421, which the gateway answers with SERVICE_ERROR: should the two be set up differently one day, a 401
 * or 403 would put it down to the gateway's clients.
 */
export function requireGateway(options: VerifyOptions) {
  const verify = createVerifier(options)
  return async (request: Vouched, response: ServerResponse, next: () => void): Promise<void> => {
    const verdict = await verify(request)
    if (verdict.kind === 'vouched') {
      request.assertion = verdict.assertion
      next()
    } else if (verdict.kind === 'refused') {
      refuse(response, 421, 'NOT_VOUCHED_FOR', 'Only the gateway is answered here')
    } else {
      refuse(response, 503, 'GATEWAY_KEYS_UNAVAILABLE', 'The keys of the gateway cannot be had')
    }
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  // The reason is not told: it would help nobody who should be helped.
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: message, code }))
}
