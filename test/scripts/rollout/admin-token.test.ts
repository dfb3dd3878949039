import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminTokenFrom } from '../../../scripts/rollout/admin-token.ts'
import { trafficAt } from '../../../scripts/rollout/gateway.ts'
import { close, listen } from '../../../scripts/upstream/listen.ts'

const forms: string[] = []
/** A provider that numbers its tokens, and a gateway that takes the second alone. */
const server = createServer((request, response) => {
  text(request).then((form) => {
    if (request.url === '/oauth/token') {
      forms.push(form)
      return response.end(JSON.stringify({ access_token: `token-${forms.length}`, expires_in: 60 }))
    }
    const isGood = request.headers.authorization === 'Bearer token-2'
    response.writeHead(isGood ? 200 : 401)
    const points = [{ time: '2026-11-23T00:01:00.000Z', requests: 3, errors: 1, refused: 0 }]
    return response.end(JSON.stringify({ span: 'hour', points }))
  })
})
let base: string
beforeAll(async () => {
  base = `http://127.0.0.1:${await listen(server)}`
})
afterAll(() => close(server))

describe('the token that may read the traffic', () => {
  it('is asked for as a client, and anew once it has expired', async () => {
    const token = adminTokenFrom({
      ADMIN_TOKEN_ENDPOINT: `${base}/oauth/token`,
      ADMIN_CLIENT_ID: 'ci',
      ADMIN_CLIENT_SECRET: 'a secret & more',
      ADMIN_AUDIENCE: 'https://api.acme.test',
    })
    if (!token) throw new Error('no token')

    const points = await trafficAt(new URL(base), token, {})

    expect(points).toEqual([{ at: Date.UTC(2026, 10, 23, 0, 1), requests: 3, errors: 1 }])
    const form = `grant_type=client_credentials&client_id=ci&client_secret=a+secret+%26+more&audience=https%3A%2F%2Fapi.acme.test`
    expect(forms).toEqual([form, form])
  })

  it('is none where the environment names none', () => {
    expect(adminTokenFrom({})).toBeUndefined()
  })

  it('is not made up where the provider gives none', async () => {
    const token = adminTokenFrom({ ADMIN_TOKEN_ENDPOINT: `${base}/elsewhere` })

    await expect(token?.(false)).rejects.toThrow('ADMIN_TOKEN_ENDPOINT answers 401 and no token')
  })
})
