import type { ServerResponse } from 'node:http'

/** `down` drops the connection unanswered; for a refused one, stop the issuer. */
export const keySetFailures = [
  'down',
  'hang',
  'error',
  'html',
  'empty',
  'malformed',
  'noKeys',
  'weakKey',
] as const
export type KeySetFailure = (typeof keySetFailures)[number]

const json = 'application/json; charset=utf-8'
// 1024 bits: an RSA modulus that no library accepts for RS256.
const weakKey = { kty: 'RSA', alg: 'RS256', use: 'sig', kid: 'weak', e: 'AQAB', n: 'x'.repeat(171) }

const answers = {
  error: [500, 'text/plain', 'upstream connect error'],
  html: [200, 'text/html; charset=utf-8', '<!doctype html><title>Maintenance</title>'],
  empty: [200, json, ''],
  malformed: [200, json, '{"keys":'],
  noKeys: [200, json, '{"keys":[]}'],
  weakKey: [200, json, JSON.stringify({ keys: [weakKey] })],
} as const

export function failKeySet(failure: KeySetFailure, response: ServerResponse): void {
  if (failure === 'hang') return
  if (failure === 'down') {
    response.socket?.resetAndDestroy()
    return
  }
  const [status, contentType, body] = answers[failure]
  response.writeHead(status, { 'content-type': contentType }).end(body)
}
