import { describe, expect, it } from 'vitest'
import { startIssuer } from '../../../scripts/issuer.ts'
import { runningUpstream } from './running.ts'

const { ask } = runningUpstream()

describe('good answers', () => {
  it.each([
    ['/health', { status: 'healthy' }],
    ['/db/health', { status: 'degraded' }],
    ['/service-version', { service: 'api-backend' }],
    ['/tunnels', { success: true, total: 2 }],
    ['/tunnels/tnl-home', { data: { id: 'tnl-home', name: 'Home workstation' } }],
    ['/users/tier', { tier: 'free' }],
    ['/users/profile', { email: 'ada@example.com' }],
    ['/admin/users', { pagination: { total: 2 } }],
    ['/conversations/recent', { conversations: [{ id: 'conv-1' }] }],
    ['/ollama/api/tags', { models: [{ name: 'llama3.2:3b' }, {}] }],
    ['/demo/slow?ms=1', { slowMs: 1 }],
  ])('%s, under both mounts', async (path, body) => {
    const answers = await Promise.all([ask(path), ask(`/api${path}`)])

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await answers[0]?.json()).toMatchObject(body)
    expect(await answers[1]?.json()).toMatchObject(body)
  })

  it('knows its caller by the token it is handed', async () => {
    const issuer = await startIssuer()
    const token = await issuer.mint({ subject: 'auth0|ada', tier: 'premium' })
    await issuer.stop()
    const headers = { authorization: `Bearer ${token}` }

    expect(await (await ask('/auth/me', { headers })).json()).toMatchObject({ id: 'auth0|ada' })
    expect(await (await ask('/users/tier', { headers })).json()).toMatchObject({ tier: 'premium' })
  })

  it('logs out without a body', async () => {
    expect((await ask('/auth/logout', { method: 'POST' })).status).toBe(204)
  })

  it('says 200 to a token that is none', async () => {
    const answer = await ask('/auth/token/validate', { method: 'POST', body: '{"token":"x"}' })

    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ valid: false })
  })

  it.each([
    ['/conversations', 307, './conversations/recent'],
    ['/docs', 301, '/docs/'],
    ['/api/docs', 301, '/api/docs/'],
  ])('%s redirects', async (path, status, location) => {
    const answer = await ask(path)

    expect(answer.status).toBe(status)
    expect(answer.headers.get('location')).toBe(location)
  })
})

describe('tunnels', () => {
  it('are created, changed and deleted', async () => {
    const created = await ask('/tunnels', { method: 'POST', body: '{"name":"Attic"}' })
    const { data } = { data: { id: '' }, ...(await created.json()) }
    const path = `/api/tunnels/${data.id}`
    const changed = await ask(path, { method: 'PUT', body: '{"config":{"timeout":5}}' })

    expect(created.status).toBe(201)
    expect(await changed.json()).toMatchObject({
      data: { name: 'Attic', config: { timeout: 5, compression: true } },
    })
    expect((await ask(path, { method: 'DELETE' })).status).toBe(200)
    expect((await ask(path)).status).toBe(404)
  })

  it.each(['GET', 'PUT', 'DELETE'])('%s of an unknown one is not found', async (method) => {
    const answer = await ask('/tunnels/nowhere', { method })

    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual({
      error: 'Not found',
      code: 'TUNNEL_NOT_FOUND',
      message: 'Tunnel not found',
    })
  })

  it('need a name', async () => {
    const answer = await ask('/tunnels', { method: 'POST', body: '{}' })

    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({
      error: 'Bad request',
      code: 'INVALID_REQUEST',
      message: 'Tunnel name is required',
    })
  })
})

describe('the catch-all', () => {
  it.each([
    ['broken JSON', '/tunnels', { method: 'POST', body: '{"name":' }],
    ['a broken percent-escape', '/tunnels/%zz', {}],
    ['a foreign origin', '/health', { headers: { origin: 'https://evil.example' } }],
  ])('answers %s with its 500', async (_, path, init) => {
    const answer = await ask(path, init)

    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({
      error: 'Internal server error',
      message: 'Something went wrong',
    })
  })

  it('tells an announced body over 10 MiB from a chunked one', async () => {
    const body = new Uint8Array(10 * 1024 * 1024 + 1)
    const chunked = { body: new Blob([body]).stream(), duplex: 'half' } as const
    const announced = await ask('/demo/echo', { method: 'POST', body })
    const streamed = await ask('/demo/echo', { method: 'POST', ...chunked })

    expect([announced.status, streamed.status]).toEqual([413, 500])
  })

  it('does not answer an unknown path', async () => {
    const answer = await ask('/api/nowhere')

    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual({ error: 'Not found' })
  })
})
