import { describe, expect, it } from 'vitest'
import { runningUpstream } from './running.ts'

const { ask } = runningUpstream()

describe('habits', () => {
  it('sends its own limits, its framework and the id it was given', async () => {
    const answer = await ask('/health', {
      headers: { 'x-correlation-id': '<b>any</b>', origin: 'https://app.cloudtolocalllm.online' },
    })

    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-correlation-id': '<b>any</b>',
      'x-powered-by': 'Express',
      'ratelimit-policy': '100;w=900',
      'ratelimit-limit': '100',
      'ratelimit-remaining': expect.stringMatching(/^\d+$/),
      'ratelimit-reset': expect.stringMatching(/^\d+$/),
      'access-control-allow-origin': 'https://app.cloudtolocalllm.online',
      'access-control-allow-credentials': 'true',
    })
  })

  it('makes an id where none was given', async () => {
    const answer = await ask('/health')

    expect(answer.headers.get('x-correlation-id')).toMatch(/^req-[0-9a-f]{8}-[0-9a-f-]{27}$/)
  })

  it('answers a preflight', async () => {
    const answer = await ask('/tunnels', { method: 'OPTIONS' })

    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-headers')).toBe('Content-Type,Authorization')
  })

  it('answers 304 to the tag it gave, weak or strong, among others', async () => {
    const tag = (await ask('/service-version')).headers.get('etag') ?? ''
    const again = await ask('/api/service-version', {
      headers: { 'if-none-match': `"other", ${tag.replace('W/', '')}` },
    })
    const other = await ask('/service-version', { headers: { 'if-none-match': '"other"' } })

    expect(tag).toMatch(/^W\/"[^"]+"$/)
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.get('etag')).toBe(tag)
    expect(other.status).toBe(200)
  })
})
