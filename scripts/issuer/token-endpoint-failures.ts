import type { ServerResponse } from 'node:http'

/** `down` drops the connection unanswered, `cut` breaks it in the middle of the answer. */
export const tokenEndpointFailures = [
  'down',
  'cut',
  'hang',
  'error',
  'away',
  'tooMany',
  'html',
  'empty',
  'malformed',
  'list',
  'huge',
  'redirect',
  'noAccessToken',
  'otherTokenType',
  'numberForToken',
  'firewall',
  'accessDenied',
  'invalidScope',
] as const
export type TokenEndpointFailure = (typeof tokenEndpointFailures)[number]

const json = 'application/json; charset=utf-8'
const html = '<!doctype html><title>Maintenance</title>'
const good = { access_token: 'access', token_type: 'Bearer', expires_in: 3600 }

const answers = {
  error: [500, 'text/plain', 'upstream connect error'],
  away: [503, json, '{"error":"temporarily_unavailable"}'],
  tooMany: [429, json, '{"error":"too_many_requests","error_description":"Global limit reached"}'],
  html: [200, 'text/html; charset=utf-8', html],
  empty: [200, json, ''],
  malformed: [200, json, '{"access_token":'],
  list: [200, json, JSON.stringify([good])],
  huge: [200, json, JSON.stringify({ ...good, padding: 'x'.repeat(65_536) })],
  noAccessToken: [200, json, '{"token_type":"Bearer","expires_in":3600}'],
  otherTokenType: [200, json, JSON.stringify({ ...good, token_type: 'mac' })],
  numberForToken: [200, json, JSON.stringify({ ...good, access_token: 42 })],
  firewall: [403, 'text/html; charset=utf-8', html],
  accessDenied: [403, json, '{"error":"access_denied","error_description":"Blocked by a rule"}'],
  invalidScope: [400, json, '{"error":"invalid_scope"}'],
} as const

export function failTokenEndpoint(failure: TokenEndpointFailure, response: ServerResponse): void {
  if (failure === 'hang') return
  if (failure === 'down') {
    response.socket?.resetAndDestroy()
    return
  }
  if (failure === 'cut') {
    response.writeHead(200, { 'content-type': json, 'content-length': 1_000 })
    response.write('{"access_token":"acc', () => response.destroy())
    return
  }
  if (failure === 'redirect') {
    response.writeHead(307, { location: '/oauth/token?again' }).end()
    return
  }
  const [status, contentType, body] = answers[failure]
  response.writeHead(status, { 'content-type': contentType }).end(body)
}
