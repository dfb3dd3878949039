import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Callers, createCallers } from '../../../scripts/bench/callers.ts'
import { scenarioCalled } from '../../../scripts/bench/scenarios.ts'
import type { WireRequest } from '../../../scripts/bench/wire-request.ts'
import { type LocalIssuer, startIssuer } from '../../../scripts/issuer.ts'

let issuer: LocalIssuer
let callers: Callers
beforeAll(async () => {
  issuer = await startIssuer()
  callers = createCallers(issuer)
})
afterAll(() => issuer.stop())

function part(request: WireRequest | undefined, index: number) {
  const token = request?.headers.Authorization?.split(' ')[1] ?? ''
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString())
}

describe('requests that are sent once', () => {
  it.each([
    ['cold', 'RS256'],
    ['cold-es256', 'ES256'],
    ['cold-eddsa', 'EdDSA'],
    ['cold-store-5-ms', 'RS256'],
  ])('are of a user and an address each: %s, by %s', async (name, alg) => {
    const requests = await scenarioCalled(name).requests(callers, 30)

    expect(new Set(requests.map((request) => part(request, 1).sub)).size).toBe(30)
    expect(new Set(requests.map(({ headers }) => headers['CF-Connecting-IP'])).size).toBe(30)
    expect(new Set(requests.map((request) => part(request, 0).alg))).toEqual(new Set([alg]))
  })

  it('bring the same tokens to every target and to every scenario that wants them', async () => {
    const once = await scenarioCalled('cold').requests(callers, 5)
    const again = await scenarioCalled('cold-store-50-ms').requests(callers, 5)

    expect(again).toEqual(once)
  })
})

it.each([
  ['post-10-kb', '/tunnels', 10_026],
  ['post-10-kb-unjudged', '/ollama/api/chat', 10_026],
])('sends a body of ten thousand bytes and its frame: %s', async (name, path, bytes) => {
  const [request] = await scenarioCalled(name).requests(callers, 1)

  expect(request?.path).toBe(path)
  expect(request?.body).toHaveLength(bytes)
  expect(request?.headers['Content-Type']).toBe('application/json')
})
