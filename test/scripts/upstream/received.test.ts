import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startUpstream } from '../../../scripts/upstream/server.ts'
import { runningUpstream } from './running.ts'

const { upstream, ask } = runningUpstream()

describe('what arrived', () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  const body = new Uint8Array([0, 255, 13, 10, 195])

  it.each(['/demo/echo', '/client-logs'])('is told by %s to the byte', async (path) => {
    const answer = await ask(`${path}?a=%2F`, {
      method: 'POST',
      body,
      headers: { 'X-Own-Case': 'one', 'content-type': 'application/octet-stream' },
    })
    const echo = { headers: [], ...(await answer.json()) }

    expect(Object.keys(echo).sort()).toEqual([
      'bodyBytes',
      'bodySha256',
      'headers',
      'method',
      'url',
    ])
    expect(echo).toMatchObject({
      method: 'POST',
      url: `${path}?a=%2F`,
      bodySha256: sha256(body),
      bodyBytes: 5,
    })
    expect(echo.headers).toContainEqual(['X-Own-Case', 'one'])
  })

  it('is signed for by the webhook', async () => {
    const answer = await ask('/webhooks/stripe', { method: 'POST', body })

    expect(await answer.json()).toEqual({ received: true, bytes: 5, sha256: sha256(body) })
  })

  it('is kept, and found by its correlation id', async () => {
    await ask('/tunnels?a=1', { headers: { 'x-correlation-id': 'req-find-me' } })
    const answer = await ask('/demo/received?correlationId=req-find-me')

    expect(await answer.json()).toEqual({
      requests: [expect.objectContaining({ url: '/tunnels?a=1', bodyBytes: 0 })],
    })
  })

  it('notices a client that left', async () => {
    const leave = new AbortController()
    const answer = ask('/bridge-polling/b1/poll?seconds=30', { signal: leave.signal })
    await expect.poll(() => upstream().received.at(-1)?.url).toContain('seconds=30')
    leave.abort()

    await expect(answer).rejects.toThrow()
    await expect.poll(() => upstream().received.at(-1)?.outcome).toBe('broken')
  })

  it('is forgotten after a thousand others', async () => {
    const own = await startUpstream()
    await fetch(`${own.url}/first`)
    for (let i = 0; i < 1000; i += 1) await (await fetch(`${own.url}/nowhere`)).text()
    await own.stop()

    expect(own.received).toHaveLength(1000)
    expect(own.received[0]?.url).toBe('/nowhere')
  })
})
