import { createScheduledController, env, SELF } from 'cloudflare:test'
import { describe, expect, inject, it, vi } from 'vitest'
import worker from '../src/index.ts'

const { issuer, storeUrl, storeToken } = inject('outside')

/** A token of the real issuer, signed with its real key. */
async function mint(options: object = {}): Promise<string> {
  const response = await fetch(`${issuer}dev/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ subject: crypto.randomUUID(), ...options }),
  })
  const { token } = await response.json<{ token: string }>()
  return token
}

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

async function codeOf(response: Response): Promise<string> {
  const { error } = await response.json<{ error: { code: string } }>()
  return error.code
}

const at = (path: string) => `https://gateway.test${path}`

describe('the worker, with a real store, issuer and upstream', () => {
  it('passes a verified request on and its answer back', async () => {
    const { headers } = bearer(await mint({ tier: 'free' }))
    // An address of its own: one that others have kept busy could be the tighter reading.
    const response = await SELF.fetch(at('/tunnels'), {
      headers: { ...headers, 'CF-Connecting-IP': '203.0.113.9' },
    })

    expect(response.status).toBe(200)
    expect(response.headers.get('X-RateLimit-Limit')).toBe('100')
    expect(response.headers.get('X-RateLimit-Remaining')).toBe('99')
    expect(response.headers.get('X-Correlation-ID')).toMatch(/^req-[0-9a-z]+-[a-z2-7]{16}$/)
  })

  it('leaves a copy of the signing keys in the cache of the data centre', async () => {
    await SELF.fetch(at('/tunnels'), bearer(await mint()))
    const address = `https://signing-keys.invalid/${encodeURIComponent(`${issuer} `)}`
    const kept = await vi.waitUntil(() => caches.default.match(address))

    const { keys } = await kept.json<{ keys: { kty: string }[] }>()
    expect(keys.map(({ kty }) => kty)).toEqual(['RSA', 'EC', 'OKP'])
  })

  it('names the version that the platform calls it by', async () => {
    const response = await SELF.fetch(at('/_gateway/health'))

    expect(await response.json()).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/),
    })
  })

  it('answers MISSING_TOKEN to a request without credentials', async () => {
    const response = await SELF.fetch(at('/tunnels'))

    expect(response.status).toBe(401)
    expect(await codeOf(response)).toBe('MISSING_TOKEN')
  })

  it('answers ADMIN_REQUIRED to a user', async () => {
    const response = await SELF.fetch(at('/admin/users'), bearer(await mint()))

    expect(response.status).toBe(403)
    expect(await codeOf(response)).toBe('ADMIN_REQUIRED')
  })

  it('admits exactly the limit of 300 parallel requests of one user', async () => {
    const token = await mint({ tier: 'free' })

    const responses = await Promise.all(
      Array.from({ length: 300 }, async () => {
        const response = await SELF.fetch(at('/tunnels'), bearer(token))
        await response.arrayBuffer()
        return response
      }),
    )

    expect(responses.filter(({ status }) => status === 200)).toHaveLength(100)
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(200)
  })

  it('streams server-sent events as they come', async () => {
    const response = await SELF.fetch(at('/ollama/events?count=3'))
    const reader = response.body?.getReader()

    const first = new TextDecoder().decode((await reader?.read())?.value)

    expect(first.match(/^data:/gm)).toHaveLength(1)
    await reader?.cancel()
  })

  it('joins a WebSocket to the upstream', async () => {
    const response = await SELF.fetch(at('/ssh'), {
      headers: {
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        Authorization: `Bearer ${await mint()}`,
      },
    })
    const socket = response.webSocket
    socket?.accept()
    const echo = new Promise((resolve) =>
      socket?.addEventListener('message', ({ data }) => resolve(data)),
    )
    socket?.send('hello')

    expect(response.status).toBe(101)
    expect(response.headers.get('X-RateLimit-Limit')).not.toBeNull()
    expect(await echo).toBe('hello')
    socket?.close(1000)
  })

  it.each(Array.from({ length: 29 }, (_, index) => index + 1))(
    'turns shape %i of the upstream into an envelope or lets it be good',
    async (shape) => {
      const response = await SELF.fetch(at(`/demo/errors/${shape}`), { redirect: 'manual' })
      const text = await response.text()

      const envelope = response.status >= 400 ? JSON.parse(text).error : undefined
      // Only a redirect and a 200 with the failure inside are no errors.
      expect(response.status >= 400).toBe(shape !== 24 && shape !== 25)
      expect(envelope?.statusCode).toBe(response.status >= 400 ? response.status : undefined)
      expect(response.headers.get('X-RateLimit-Limit')).not.toBeNull()
      expect(response.headers.get('X-RateLimit-Remaining')).not.toBeNull()
      expect(response.headers.get('X-RateLimit-Reset')).not.toBeNull()
      expect(response.headers.get('X-Correlation-ID')).not.toBeNull()
    },
  )

  it('judges the minute before the last when the trigger comes', async () => {
    const minute = Math.floor(Date.now() / 60_000)

    await worker.scheduled(createScheduledController({ scheduledTime: 60_000 * minute }), env)

    const headers = { Authorization: `Bearer ${storeToken}` }
    const answer = await fetch(`${storeUrl}/hget/gateway:1:anomalies/state`, { headers })
    const { result } = await answer.json<{ result: string }>()
    expect(JSON.parse(result).watch.through).toBe(minute - 2)
  })
})
