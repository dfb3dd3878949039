import type { ServerResponse } from 'node:http'

/**
 * `down` drops the connection unanswered; for a refused one, stop the issuer. `slow` sends a byte now and then and
 * never comes to an end.
 */
const keySetFailures = [
  'down',
  'hang',
  'error',
  'html',
  'empty',
  'malformed',
  'noKeys',
  'weakKey',
  'unfitKeys',
  'redirect',
  'huge',
  'slow',
] as const
export type KeySetFailure = (typeof keySetFailures)[number]

const json = 'application/json; charset=utf-8'
// 1024 bits: an RSA modulus that no library accepts for RS256.
const weakKey = { kty: 'RSA', alg: 'RS256', use: 'sig', kid: 'weak', e: 'AQAB', n: 'x'.repeat(171) }

const unfitKeys = [
  { kty: 'oct', alg: 'HS256', kid: 'symmetric', k: 'c2VjcmV0' },
  { ...weakKey, kid: 'encryption', use: 'enc' },
  { ...weakKey, kid: 'private', d: 'AQAB' },
]
const SLOW_MS = 100

const answers = {
  error: [500, 'text/plain', 'upstream connect error'],
  html: [200, 'text/html; charset=utf-8', '<!doctype html><title>Maintenance</title>'],
  empty: [200, json, ''],
  malformed: [200, json, '{"keys":'],
  noKeys: [200, json, '{"keys":[]}'],
  weakKey: [200, json, JSON.stringify({ keys: [weakKey] })],
  unfitKeys: [200, json, JSON.stringify({ keys: unfitKeys })],
  redirect: [302, 'text/plain', ''],
  huge: [200, json, `{"keys":[],"pad":"${'x'.repeat(10_000_000)}"}`],
} as const

export function failKeySet(failure: KeySetFailure, response: ServerResponse): void {
  if (failure === 'hang') return
  if (failure === 'down') {
    response.socket?.resetAndDestroy()
    return
  }
  if (failure === 'slow') {
    response.writeHead(200, { 'content-type': json })
    const timer = setInterval(() => response.write(' '), SLOW_MS)
    response.once('close', () => clearInterval(timer))
    return
  }
  const [status, contentType, body] = answers[failure]
  if (failure === 'redirect') response.setHeader('location', '/.well-known/elsewhere.json')
  response.writeHead(status, { 'content-type': contentType }).end(body)
}
